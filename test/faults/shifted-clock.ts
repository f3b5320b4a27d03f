import type { Clock } from '@bearings/client';

/** A clock with a different wall time and the timers of another clock. */
export function createShiftedClock(clock: Clock, { now = same, monotonic = same }: Shifts): Clock {
  return {
    now: () => now(clock.now()),
    monotonic: () => monotonic(clock.monotonic()),
    schedule: (delayMs, act, options) => clock.schedule(delayMs, act, options),
  };
}

interface Shifts {
  readonly now?: (ms: number) => number;
  readonly monotonic?: (ms: number) => number;
}

const same = (ms: number): number => ms;
