import { setImmediate } from 'node:timers/promises';

/** Bytes in use after a garbage collection. It runs twice: garbage that the first run finds may still be counted. */
export async function held(kind: 'heapUsed' | 'arrayBuffers'): Promise<number> {
  await setImmediate(); // objects of a turn are kept until it ends
  globalThis.gc?.();
  await setImmediate();
  globalThis.gc?.();
  return process.memoryUsage()[kind];
}
