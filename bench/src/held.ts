import { setImmediate } from 'node:timers/promises';

/** Bytes in use right after a collection. Twice: what the first one finds may be counted until the second. */
export async function held(kind: 'heapUsed' | 'arrayBuffers'): Promise<number> {
  await setImmediate(); // what a turn has used is held until its end
  globalThis.gc?.();
  await setImmediate();
  globalThis.gc?.();
  return process.memoryUsage()[kind];
}
