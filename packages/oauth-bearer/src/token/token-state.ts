import type { Clock } from '@bearings/client';
import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { TokenError } from '../errors.ts';
import { elapsedMs } from './instant.ts';
import type { Instant } from './instant.ts';
import type { TokenState, TokenStatus } from './token-handle.ts';

/** What `read`, `get` and `invalidate` answer. */
export type TokenResult = Result<AccessToken, TokenError>;

/** All that readers see, as one immutable value. */
export interface TokenSnapshot {
  /** What `read` answers until the cached token expires. */
  readonly result: TokenResult;
  readonly cached: CachedToken | undefined;
  /** True while the cached token is rotated because a resource has rejected it. */
  readonly isRejected: boolean;
  /** True after a rotation has failed: the token stays in use, because other resources may accept it. */
  readonly isKept: boolean;
  /** True once the cached token was found to have expired. Stays true when the clock is set back. */
  readonly isExpired: boolean;
  /** The last failure since the last success, if any. */
  readonly failure: RenewalFailure | undefined;
}

/** A token and its lifetime. */
interface CachedToken {
  readonly access: AccessToken;
  readonly requestedAt: Instant;
  readonly lifetimeMs: number;
  readonly renewAfterMs: number;
  /** True when the server issued the very token that a resource had rejected. */
  readonly isUnchanged: boolean;
}

/** A failed acquisition, and when the next may begin. */
export interface RenewalFailure {
  readonly result: TokenResult;
  readonly error: TokenError;
  readonly count: number;
  /** When the first of the series failed. */
  readonly firstFailedAt: Instant;
  readonly failedAt: Instant;
  readonly retryAfterMs: number;
}

/** What a snapshot shows of itself. */
export function toStatus(snapshot: TokenSnapshot, clock: Clock): TokenStatus {
  const { result, cached, failure } = snapshot;
  const nowMs = clock.now();
  const ageMs = cached === undefined ? 0 : elapsedMs(cached.requestedAt, clock);
  const hasEnd = cached !== undefined && cached.lifetimeMs !== Infinity;
  const leftMs = cached === undefined || result.isErr() ? 0 : cached.lifetimeMs - ageMs;
  const isScheduled = cached !== undefined && cached.renewAfterMs !== Infinity;
  return {
    state: cached === undefined ? 'none' : toState(snapshot, cached, clock),
    generation: cached?.access.generation ?? 0,
    issuedAt: hasEnd ? cached.access.issuedAt : undefined,
    // from now, not from when it was issued: the wall clock may have been set since
    expiresAt: hasEnd ? Math.round(nowMs + cached.lifetimeMs - ageMs) : undefined,
    renewsAt: isScheduled ? nowMs + cached.renewAfterMs - ageMs : undefined,
    validForMs: Math.max(0, leftMs),
    scopes: cached?.access.scopes ?? [],
    failure: failure && {
      code: failure.error.code,
      count: failure.count,
      at: failure.failedAt.wallMs,
      retryAt: nowMs + failure.retryAfterMs - elapsedMs(failure.failedAt, clock),
    },
  };
}

function toState({ isRejected, isKept, isExpired }: TokenSnapshot, cached: CachedToken, clock: Clock): TokenState {
  const { requestedAt, lifetimeMs, renewAfterMs } = cached;
  const ageMs = elapsedMs(requestedAt, clock);
  if (isRejected) return 'rejected';
  if (isExpired || ageMs >= lifetimeMs) return 'expired';
  return isKept || ageMs >= renewAfterMs ? 'stale' : 'fresh';
}
