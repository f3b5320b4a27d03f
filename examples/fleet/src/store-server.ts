import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Where the replicas share their token. */
export interface StoreServer {
  /** A URL of Redis, or the path of a file. */
  readonly address: string;
  readonly description: string;
  /** Stops and continues the server; only when it is ours. */
  readonly control: { readonly stop: () => void; readonly resume: () => void } | undefined;
  readonly close: () => Promise<void>;
}

/** A Redis of our own where the program is installed; else the one that runs here; else a file. */
export async function startStore(): Promise<StoreServer> {
  const own = await startRedis();
  if (own !== undefined) return own;
  const address = 'redis://127.0.0.1:6379';
  if (await isListening(6379)) {
    const description = `the Redis at ${address}: redis-server is not installed, so it cannot be stopped here`;
    return { address, description, control: undefined, close: async () => {} };
  }
  const folder = mkdtempSync(join(tmpdir(), 'bearings-fleet-'));
  const description = 'a file: there is no Redis on this machine, so it cannot be stopped';
  const close = async (): Promise<void> => rmSync(folder, { recursive: true });
  return { address: join(folder, 'tokens.db'), description, control: undefined, close };
}

async function startRedis(): Promise<StoreServer | undefined> {
  const port = await findFreePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  if (!(await hasStarted(server))) return undefined;
  for (let tries = 0; tries < 100 && !(await isListening(port)); tries += 1) await setTimeout(50);
  return {
    address: `redis://127.0.0.1:${port}`,
    description: `a Redis of its own, on port ${port}`,
    control: { stop: () => server.kill('SIGSTOP'), resume: () => server.kill('SIGCONT') },
    async close() {
      const ended = once(server, 'exit');
      server.kill('SIGCONT');
      server.kill('SIGKILL');
      await ended;
    },
  };
}

async function hasStarted(server: ChildProcess): Promise<boolean> {
  try {
    await once(server, 'spawn');
    return true;
  } catch {
    return false; // not installed
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return address.port;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
