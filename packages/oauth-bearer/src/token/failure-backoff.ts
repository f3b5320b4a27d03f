import type { FailureKind } from '../errors.ts';

/** How long the engine pauses after failures. All in milliseconds. */
export interface FailureBackoff {
  /** The longest pause after the first transient failure; it doubles with each further one. */
  readonly firstMs: number;
  /** The longest pause after a transient failure while callers have a token. */
  readonly maxMs: number;
  /** The longest pause after a transient failure while callers have no token: every call fails until the next attempt. */
  readonly maxWithoutTokenMs: number;
  /** The pause after a permanent failure. */
  readonly permanentMs: number;
}

export const defaultBackoff: FailureBackoff = {
  firstMs: 10_000,
  maxMs: 300_000,
  maxWithoutTokenMs: 10_000,
  permanentMs: 300_000,
};

const shortestMs = 1_000;
/** The longest `Retry-After` that is followed while callers have no token: each replica makes one request. */
const longestRetryAfterMs = 300_000;

/** A series of failures. */
export interface FailureSeries {
  /** How many in a row, including this one. */
  readonly count: number;
  readonly kind: FailureKind;
  /** The wait that the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** How much longer the current token is valid, in milliseconds; `Infinity` when callers have none. */
  readonly validMs?: number;
}

/**
 * The pause between a failed acquisition and the next one.
 *
 * After a transient failure: exponential with full jitter; `Retry-After` is the minimum. After a permanent failure, such
 * as `invalid_client`: `permanentMs`. A pause never goes past the expiry of a token that is still valid, because callers
 * would then wait; the last tenth before expiry is jittered too. After a terminal failure: no end.
 */
export function pauseAfterFailureMs(series: FailureSeries, backoff: FailureBackoff, random: () => number): number {
  const { count, kind, retryAfterMs = 0, validMs = Infinity } = series;
  if (kind === 'terminal') return Infinity;
  const hasToken = validMs !== Infinity;
  const longestMs = hasToken ? backoff.maxMs : backoff.maxWithoutTokenMs;
  const capMs = Math.min(longestMs, backoff.firstMs * 2 ** (count - 1));
  const backoffMs = kind === 'permanent' ? backoff.permanentMs : shortestMs + random() * (capMs - shortestMs);
  const pauseMs = Math.max(backoffMs, hasToken ? retryAfterMs : Math.min(retryAfterMs, longestRetryAfterMs));
  return Math.min(pauseMs, Math.max(validMs * (1 - random() / 10), shortestMs));
}
