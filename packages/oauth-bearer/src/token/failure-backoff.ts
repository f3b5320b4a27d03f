import type { FailureKind } from '../errors.ts';

/** How long the engine pauses after failures. All in milliseconds. */
export interface FailureBackoff {
  /** The longest pause after the first transient failure; it doubles with each further one. */
  readonly firstMs: number;
  /** The longest pause after any transient failure. */
  readonly maxMs: number;
  /** The pause after a permanent failure. */
  readonly permanentMs: number;
}

export const defaultBackoff: FailureBackoff = { firstMs: 10_000, maxMs: 300_000, permanentMs: 300_000 };

const shortestMs = 1_000;
/** The longest `Retry-After` that is followed: one request per hour is never too many. */
const longestRetryAfterMs = 3_600_000;

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
 * After a transient failure: exponential with full jitter, but not past the expiry of a token that is still valid,
 * because callers would then wait; the last tenth before expiry is jittered too. `Retry-After` is the minimum, up to an
 * hour. After a permanent failure, such as `invalid_client`: the whole `permanentMs`, because only a person can correct
 * it. After a terminal failure: no end.
 */
export function pauseAfterFailureMs(series: FailureSeries, backoff: FailureBackoff, random: () => number): number {
  const { count, kind, retryAfterMs = 0, validMs = Infinity } = series;
  if (kind === 'terminal') return Infinity;
  if (kind === 'permanent') return backoff.permanentMs;
  const capMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** (count - 1));
  const backoffMs = shortestMs + random() * (capMs - shortestMs);
  const beforeExpiryMs = Math.max(validMs * (1 - random() / 10), shortestMs);
  return Math.max(Math.min(backoffMs, beforeExpiryMs), Math.min(retryAfterMs, longestRetryAfterMs));
}
