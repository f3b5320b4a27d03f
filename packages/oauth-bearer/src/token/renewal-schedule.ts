/** When tokens are renewed. All in milliseconds. */
export interface RenewalTiming {
  readonly refreshOffsetMs: number;
  readonly jitterMaxMs: number;
  readonly minRefreshPeriodMs: number;
}

/** The life of a token that has just come. */
export interface TokenLife {
  readonly lifetimeMs: number;
  /** Its age when it came: above 0 when it was requested earlier, by another replica. Default: 0. */
  readonly ageMs?: number;
}

/**
 * The time from the request for a token to its renewal; `Infinity` when that would be after its expiry, so that the
 * token is renewed when it is next needed.
 *
 * A token is renewed `refreshOffset` before it expires, but never in the first half of its life: a window as long as the
 * life would mean a token request per call. Nor is it renewed within `minRefreshPeriod` of its arrival. Jitter, at most a
 * tenth of the life, spreads the renewals of processes that started together.
 */
export function renewAfterMs(life: TokenLife, timing: RenewalTiming, random: () => number): number {
  const { lifetimeMs, ageMs = 0 } = life;
  const { refreshOffsetMs, jitterMaxMs, minRefreshPeriodMs } = timing;
  const jitterMs = random() * Math.min(jitterMaxMs, lifetimeMs / 10);
  const aheadMs = Math.max(lifetimeMs - refreshOffsetMs, lifetimeMs / 2) - jitterMs;
  const afterMs = Math.max(aheadMs, ageMs + minRefreshPeriodMs);
  return afterMs < lifetimeMs ? afterMs : Infinity;
}
