import type { Clock } from '@bearings/client';
import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import type { TokenError } from '../errors.ts';
import { elapsedMs } from './instant.ts';
import type { Moment } from './instant.ts';
import type { TokenState, TokenStatus } from './token-handle.ts';

/** What `read`, `get` and `invalidate` give. */
export type Answer = Result<AccessToken, TokenError>;

/** All that readers see, as one immutable value. */
export interface Snapshot {
  /** What `read` gives, as long as the lease allows. */
  readonly answer: Answer;
  readonly lease: Lease | undefined;
  /** True once a resource has rejected the leased token: it is not given out again. */
  readonly isRejected: boolean;
  /** The failure since the last success, if any. */
  readonly failure: RenewalFailure | undefined;
}

/** A token for as long as it lasts. */
export interface Lease {
  readonly access: AccessToken;
  readonly since: Moment;
  readonly lifetimeMs: number;
  readonly renewAfterMs: number;
  /** True when it is the very token that a resource had rejected, given out again by the server. */
  readonly isUnchanged: boolean;
}

/** A failed acquisition, and when the next may begin. */
export interface RenewalFailure {
  readonly answer: Answer;
  readonly error: TokenError;
  readonly count: number;
  /** When the first of them failed. */
  readonly firstAt: Moment;
  readonly since: Moment;
  readonly retryAfterMs: number;
}

/** True when a token has ended. */
export function isOver({ since, lifetimeMs }: Lease, clock: Clock): boolean {
  return elapsedMs(since, clock) >= lifetimeMs;
}

/** What may be shown of a snapshot. */
export function statusOf({ answer, lease, isRejected, failure }: Snapshot, clock: Clock): TokenStatus {
  const renewsIn = lease?.renewAfterMs ?? Infinity;
  const leftMs = lease === undefined || answer.isErr() ? 0 : lease.lifetimeMs - elapsedMs(lease.since, clock);
  return {
    state: lease === undefined ? 'none' : stateOf(lease, isRejected, clock),
    generation: lease?.access.generation ?? 0,
    issuedAt: lease?.access.issuedAt,
    expiresAt: lease?.access.expiresAt,
    renewsAt: lease === undefined || renewsIn === Infinity ? undefined : lease.since.wall + renewsIn,
    validForMs: Math.max(0, leftMs),
    scopes: lease?.access.scopes ?? [],
    failure: failure && {
      code: failure.error.code,
      count: failure.count,
      at: failure.since.wall,
      retryAt: failure.since.wall + failure.retryAfterMs,
    },
  };
}

function stateOf({ since, lifetimeMs, renewAfterMs }: Lease, isRejected: boolean, clock: Clock): TokenState {
  const ageMs = elapsedMs(since, clock);
  if (isRejected) return 'rejected';
  if (ageMs >= lifetimeMs) return 'expired';
  return ageMs >= renewAfterMs ? 'stale' : 'fresh';
}
