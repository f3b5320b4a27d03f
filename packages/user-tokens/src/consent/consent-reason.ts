import type { Connection } from '../connection/connection.ts';
import type { GrantReason, GrantRecord } from '../store/grant-record.ts';

/** Why consent is needed. `not_connected`: there is no grant. `revoked`: it was revoked. */
export type ConsentReason = GrantReason | 'not_connected' | 'revoked' | 'other_account';

/** Why a grant is not enough for these scopes; `undefined` when it is. */
export function findConsentReason(
  grant: GrantRecord | undefined,
  scopes: readonly string[],
  { config, configuredIssuer }: Connection,
): ConsentReason | undefined {
  if (grant === undefined) return 'not_connected';
  if (grant.status === 'revoked') return 'revoked';
  if (grant.status === 'needs_reauthorization') return grant.reason ?? 'refresh_refused';
  const isOtherIssuer = configuredIssuer !== undefined && grant.issuer !== configuredIssuer;
  if (isOtherIssuer || grant.clientId !== config.clientId) return 'client_changed';
  if (findMissingScopes(grant.scopes, scopes, config.offlineScope).length > 0) return 'insufficient_scope';
  if (grant.accessExpiresInMs > 0) return undefined;
  if (!grant.hasRefreshToken) return 'no_refresh_token';
  return grant.refreshExpiresInMs <= 0 ? 'refresh_expired' : undefined;
}

/** Scopes about the answer itself: servers do not list them among the scopes of the access token. */
const unlisted: ReadonlySet<string | undefined> = new Set(['openid', 'offline_access']);

/** The scopes that are asked for and not granted. */
export function findMissingScopes(
  granted: readonly string[],
  asked: readonly string[],
  offlineScope?: string,
): readonly string[] {
  return asked.filter((scope) => !granted.includes(scope) && !unlisted.has(scope) && scope !== offlineScope);
}
