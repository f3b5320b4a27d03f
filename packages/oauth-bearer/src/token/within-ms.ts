import type { Clock } from '@bearings/client';

/** Waits for `work` no longer than so many milliseconds: then the answer is `undefined`. The work itself goes on. */
export async function withinMs<T>(work: Promise<T>, limitMs: number, clock: Clock): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.schedule(Math.max(limitMs, 0), () => resolve(undefined), { background: true });
  try {
    return await Promise.race([work, late]);
  } finally {
    cancel();
  }
}
