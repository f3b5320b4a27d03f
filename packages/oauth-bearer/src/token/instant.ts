import type { Clock } from '@bearings/client';

/** A point in time on both clocks. */
export interface Instant {
  /** Milliseconds since the epoch. */
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** The current instant. */
export function instantNow(clock: Clock): Instant {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

/** The instant so many milliseconds before another. */
export function instantBefore({ wallMs, monotonicMs }: Instant, ms: number): Instant {
  return { wallMs: wallMs - ms, monotonicMs: monotonicMs - ms };
}

/**
 * Milliseconds between two instants, by the clock that says more.
 *
 * The wall clock may be set back, and the monotonic clock stops while the machine sleeps. The larger value counts, so
 * neither can keep an expired token in use. Nor can a clock that answers NaN: then it is `Infinity`.
 */
export function msBetween(earlier: Instant, later: Instant): number {
  const ms = Math.max(later.monotonicMs - earlier.monotonicMs, later.wallMs - earlier.wallMs);
  return Number.isNaN(ms) ? Infinity : ms;
}

/** Milliseconds since an instant, as {@link msBetween}. */
export function elapsedMs(since: Instant, clock: Clock): number {
  const ms = Math.max(clock.monotonic() - since.monotonicMs, clock.now() - since.wallMs);
  return Number.isNaN(ms) ? Infinity : ms;
}
