/** When tokens are renewed. All in milliseconds. */
export interface RenewalTiming {
  readonly refreshOffsetMs: number;
  readonly jitterMaxMs: number;
  readonly minRefreshPeriodMs: number;
}

/**
 * How long after it was asked for a token is renewed; `Infinity` when that would be after its end, so that it is
 * renewed when it is next needed.
 *
 * `refreshOffset` before the end, but never in the first half of the life: a window as long as the life would mean a
 * token request per call. Jitter, at most a tenth of the life, parts those who started together.
 */
export function renewAfterMs(lifetimeMs: number, timing: RenewalTiming, random: () => number): number {
  const { refreshOffsetMs, jitterMaxMs, minRefreshPeriodMs } = timing;
  const jitterMs = random() * Math.min(jitterMaxMs, lifetimeMs / 10);
  const aheadMs = Math.max(lifetimeMs - refreshOffsetMs, lifetimeMs / 2) - jitterMs;
  const afterMs = Math.max(aheadMs, minRefreshPeriodMs);
  return afterMs < lifetimeMs ? afterMs : Infinity;
}

/** How many rotations may follow each other at once, as after a revocation of all tokens; then one per period. */
export const rotationBurst = 3;

const firstBackoffMs = 10_000;
const backoffCapMs = 300_000;
const backoffFloorMs = 1_000;
/** What a server may ask for with `Retry-After`; beyond it one request an hour does no harm. */
const longestRetryAfterMs = 3_600_000;

/** What is known of a run of failures. */
export interface FailureFacts {
  /** How many in a row, this one included. */
  readonly count: number;
  /** True when the same request may succeed later. */
  readonly isPassing: boolean;
  /** What the server asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** How much longer the token that callers have is valid, in milliseconds; `Infinity` when they have none. */
  readonly validMs?: number;
}

/**
 * How long after a failed renewal the next one may begin.
 *
 * A passing failure backs off with full jitter, 10 s doubling to 5 min, but not past the end of a token that is still
 * valid, because then someone waits; the last tenth before it parts those whose tokens end together. What the server asked for is the least, up to an hour. A permanent failure, such as
 * `invalid_client`, waits the whole five minutes: only a person can mend it.
 */
export function retryAfterFailureMs(facts: FailureFacts, random: () => number): number {
  const { count, isPassing, retryAfterMs = 0, validMs = Infinity } = facts;
  if (!isPassing) return backoffCapMs;
  const capMs = Math.min(backoffCapMs, firstBackoffMs * 2 ** (count - 1));
  const backoffMs = backoffFloorMs + random() * (capMs - backoffFloorMs);
  const beforeEndMs = Math.max(validMs * (1 - random() / 10), backoffFloorMs);
  return Math.max(Math.min(backoffMs, beforeEndMs), Math.min(retryAfterMs, longestRetryAfterMs));
}
