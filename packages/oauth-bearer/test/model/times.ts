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
/** How long a caller with a valid token waits for a better one. */
export const briefWaitMs = 1_000;
const longestBackoffMs = 300_000;
const longestRetryAfterMs = 300_000;
const longestWithoutTokenMs = 10_000;

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
  const hasToken = leftMs !== Infinity;
  const longestMs = hasToken ? longestBackoffMs : longestWithoutTokenMs;
  const followedMs = hasToken ? askedMs : Math.min(askedMs, longestRetryAfterMs);
  const leastMs = isPassing ? 1_000 : longestBackoffMs;
  const mostMs = isPassing ? Math.min(longestMs, 10_000 * 2 ** (count - 1)) : longestBackoffMs;
  const atMost = (ms: number, share: number): number => Math.min(ms, Math.max(leftMs * share, 1_000));
  return [atMost(Math.max(leastMs, followedMs), 0.9), atMost(Math.max(mostMs, followedMs), 1)];
}
