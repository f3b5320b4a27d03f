import type { GrantKey } from '../store/grant-key.ts';
import type { GrantReason, GrantRecord, GrantStatus } from '../store/grant-record.ts';

/** What is shown of a grant. Contains no secret. */
export interface GrantSummary extends GrantKey {
  readonly id: string;
  readonly status: GrantStatus;
  /** Why it needs consent. */
  readonly reason: GrantReason | undefined;
  /** What the user has granted. */
  readonly scopes: readonly string[];
  /** Milliseconds until the access token expires; it is renewed before that. `Infinity` for one that does not expire. */
  readonly accessExpiresInMs: number;
  /** Milliseconds until the refresh token expires; `Infinity` when that is not known. */
  readonly refreshExpiresInMs: number;
  readonly hasRefreshToken: boolean;
  /** What ended the last refresh, such as `HTTP 503`. */
  readonly lastError: string | undefined;
  /** Milliseconds since the epoch, by the store's clock. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is shown of a stored grant. */
export function summarize(grant: GrantRecord): GrantSummary {
  const { id, tenant, user, connection, account, status, reason, scopes } = grant;
  const { accessExpiresInMs, refreshExpiresInMs, hasRefreshToken, lastError, createdAt, updatedAt } = grant;
  const times = { accessExpiresInMs, refreshExpiresInMs, createdAt, updatedAt };
  return { id, tenant, user, connection, account, status, reason, scopes, hasRefreshToken, lastError, ...times };
}
