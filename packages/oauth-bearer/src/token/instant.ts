import type { Clock } from '@bearings/client';

/** A point in time on both clocks. */
export interface Moment {
  /** Milliseconds since the epoch. */
  readonly wall: number;
  readonly monotonic: number;
}

/** This moment. */
export function momentOf(clock: Clock): Moment {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/**
 * Milliseconds since a moment, by the clock that says more.
 *
 * The wall clock may have been set back, and the monotonic one stands still while the machine sleeps. Whichever says
 * more is believed, so neither can keep a dead token alive.
 */
export function elapsedMs(since: Moment, clock: Clock): number {
  return Math.max(clock.monotonic() - since.monotonic, clock.now() - since.wall);
}
