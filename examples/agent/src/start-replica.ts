import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AgentConfig } from './agent-tools.ts';

/** A process of the back end. */
export interface Replica {
  readonly pid: number;
  readonly origin: string;
  /** Ends it as the kernel does when memory is short: nothing of it runs any more. */
  kill(): Promise<void>;
  /** Lets it end what it does. */
  stop(): Promise<void>;
}

/** Starts a process, and answers when it listens. */
export async function startReplica(config: AgentConfig): Promise<Replica> {
  const child = fork(join(import.meta.dirname, 'replica.ts'), { serialization: 'advanced' }); // keys are bytes
  const ended = once(child, 'exit');
  child.send(config);
  const [origin] = await Promise.race([once(child, 'message'), ended]);
  if (typeof origin !== 'string') throw new Error('A replica has not started');
  return {
    pid: child.pid ?? 0,
    origin,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
