import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { areReadings } from './readings.ts';
import type { Readings } from './readings.ts';

const readings = ['perSecond', 'cpuUs', 'serverCpuUs', 'p50Ms', 'p99Ms'] as const;

/** The readings of one sample. */
export type Sample = Readings<(typeof readings)[number]>;

/** A kind of load: method, concurrency, and duration after a ramp that does not count. */
export interface Load {
  readonly method: 'get' | 'post';
  readonly atOnce: number;
  readonly rampMs: number;
  readonly forMs: number;
}

/** A contender in its own process, which is kept for all samples: compiling takes longer than a sample. */
export interface Sampler {
  readonly take: (load: Load) => Promise<Sample>;
  readonly close: () => void;
}

export async function startSampler(name: string, origin: string): Promise<Sampler> {
  const child = fork(fileURLToPath(new URL('sample.ts', import.meta.url)), [name, origin], { execArgv: [] });
  await receiveMessage(child, name);
  return {
    async take({ method, atOnce, rampMs, forMs }) {
      child.send({ isPost: method === 'post' ? 1 : 0, atOnce, rampMs, forMs });
      const sample = await receiveMessage(child, name);
      if (!areReadings(sample, readings)) throw new Error(`${name} sent no sample`);
      return sample;
    },
    close: () => child.disconnect(),
  };
}

/** @throws Error when the process ends before it has sent one */
function receiveMessage(child: ChildProcess, name: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`${name} ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message: unknown) => {
      child.off('exit', ended);
      resolve(message);
    });
  });
}
