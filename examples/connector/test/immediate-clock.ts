import type { Clock } from '@bearings/client';

/** A clock on which each wait is over at once, and counts. */
export interface ImmediateClock extends Clock {
  /** The waits so far, in milliseconds. */
  readonly waits: readonly number[];
}

export function createImmediateClock(): ImmediateClock {
  let elapsedMs = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => Date.UTC(2026, 10, 6, 12) + elapsedMs,
    monotonic: () => elapsedMs,
    schedule(delayMs, action) {
      waits.push(delayMs);
      const dueAt = elapsedMs + delayMs;
      const turn = setImmediate(() => {
        elapsedMs = Math.max(elapsedMs, dueAt);
        action();
      });
      return () => clearImmediate(turn);
    },
  };
}
