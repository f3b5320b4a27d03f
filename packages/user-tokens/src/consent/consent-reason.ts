import { isBearingsError } from '@bearings/client';
import type { Connection } from '../connection/connection.ts';
import type { GrantVault } from '../grant/grant-vault.ts';
import { findMissingScopes } from '../grant/missing-scopes.ts';
import { isUnusable, openGrant } from '../grant/open-grant.ts';
import type { GrantReason, GrantRecord } from '../store/grant-record.ts';

/** Why consent is needed. `not_connected`: there is no grant. `revoked`: it was revoked. */
export type ConsentReason = GrantReason | 'not_connected' | 'revoked' | 'other_account';

/** Why a grant is not enough for these scopes; `undefined` when it is. */
export function findConsentReason(
  grant: GrantRecord | undefined,
  scopes: readonly string[],
  { config, issuer }: Connection,
): ConsentReason | undefined {
  if (grant === undefined) return 'not_connected';
  if (grant.status === 'revoked') return 'revoked';
  if (grant.status === 'needs_reauthorization') return grant.reason ?? 'refresh_refused';
  const isOtherIssuer = issuer !== undefined && grant.issuer !== issuer;
  if (isOtherIssuer || grant.clientId !== config.clientId) return 'client_changed';
  if (findMissingScopes(grant.scopes, scopes, config.offlineScope).length > 0) return 'insufficient_scope';
  if (grant.accessExpiresInMs > 0) return undefined;
  if (!grant.hasRefreshToken) return 'no_refresh_token';
  return grant.refreshExpiresInMs <= 0 ? 'refresh_expired' : undefined;
}

/** Why the tokens of a grant that is enough cannot be used; `undefined` when they can, and when an operator has to help. */
export async function findSealedReason(
  grant: GrantRecord,
  connection: Connection,
  vault: GrantVault,
): Promise<ConsentReason | undefined> {
  try {
    return isUnusable(await openGrant(grant, connection, vault), connection) ? 'client_changed' : undefined;
  } catch (cause) {
    return isBearingsError(cause, 'STORE') && cause.reason === 'undecryptable' ? 'undecryptable' : undefined;
  }
}
