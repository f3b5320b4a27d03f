import type { Clock } from '@bearings/client';
import type { RenewalTiming } from '../../src/token/renewal-schedule.ts';

/** A point in time on both clocks. */
export interface Instant {
  readonly wall: number;
  readonly monotonic: number;
}

/** Shortest and longest, in milliseconds. */
export type Span = readonly [least: number, most: number];

/** Sums of fractions are not exact. */
export const driftMs = 0.001;

export const attemptTimeoutMs = 10_000;
export const rotationBurst = 3;
const longestBackoffMs = 300_000;
const longestRetryAfterMs = 3_600_000;

export const isWithin = (ms: number, [least, most]: Span): boolean => ms >= least - driftMs && ms <= most + driftMs;

/** The current instant. */
export function instantNow(clock: Clock): Instant {
  return { wall: clock.now(), monotonic: clock.monotonic() };
}

/** Milliseconds since an instant, by the clock that says more. */
export function agoMs({ wall, monotonic }: Instant, clock: Clock): number {
  return Math.max(clock.now() - wall, clock.monotonic() - monotonic);
}

/** When a token is renewed ahead, from when it was requested; `Infinity`: not ahead. */
export function renewalSpan(lifetimeMs: number, timing: RenewalTiming): Span {
  const { refreshOffsetMs, jitterMaxMs, minRefreshPeriodMs } = timing;
  const aheadMs = Math.max(lifetimeMs - refreshOffsetMs, lifetimeMs / 2);
  const settled = (ms: number): number => {
    const afterMs = Math.max(ms, minRefreshPeriodMs);
    return afterMs < lifetimeMs ? afterMs : Infinity;
  };
  return [settled(aheadMs - Math.min(jitterMaxMs, lifetimeMs / 10)), settled(aheadMs)];
}

/** A failure in a series. */
export interface FailedHow {
  /** How many in a row. */
  readonly count: number;
  readonly isPassing: boolean;
  /** The wait that the server asked for, in milliseconds. */
  readonly askedMs: number | undefined;
  /** How much longer the current token is valid, in milliseconds; `Infinity` when callers have none. */
  readonly leftMs: number;
}

/** When the next attempt is made after a failure. */
export function backoffSpan({ count, isPassing, askedMs = 0, leftMs }: FailedHow): Span {
  if (!isPassing) return [longestBackoffMs, longestBackoffMs];
  const leastMs = Math.min(askedMs, longestRetryAfterMs);
  const mostMs = Math.min(longestBackoffMs, 10_000 * 2 ** (count - 1), Math.max(1_000, leftMs));
  return [Math.max(leastMs, 1_000), Math.max(leastMs, mostMs)];
}
