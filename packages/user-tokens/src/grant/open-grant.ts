import type { SecretString, TokenError } from '@bearings/oauth-bearer';
import { ReauthorizationRequiredError } from '@bearings/oauth-bearer/source';
import type { BoundDpopKey } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import type { GrantReason, GrantRecord } from '../store/grant-record.ts';
import type { GrantVault } from './grant-vault.ts';
import type { TokenPair } from './token-pair.ts';

/** A grant with its tokens, as it was read or written. */
export interface OpenGrant {
  readonly grant: GrantRecord;
  readonly pair: TokenPair;
  /** The key that signs with the tokens; `undefined` when they are not bound, or the key is not there any more. */
  readonly bound?: BoundDpopKey | undefined;
}

/**
 * Opens the tokens of a grant, and the key that they are bound to.
 *
 * @throws StoreError with the reason `unknown_key` or `undecryptable`
 */
export async function openGrant(grant: GrantRecord, connection: Connection, vault: GrantVault): Promise<OpenGrant> {
  const pair = await vault.open(grant);
  return { grant, pair, bound: pair.binding && connection.dpopKeys.open(pair.binding) };
}

/** True for tokens that cannot be signed with: the connection's own key was replaced or removed. */
const hasLostKey = ({ pair, bound }: OpenGrant): boolean => pair.binding !== undefined && bound === undefined;

/** What a caller has, and needs. */
export interface Need {
  /** The version that the caller has; 0 when it has none. */
  readonly version: number;
  /** How long the token should still be valid, in milliseconds. */
  readonly minValidityMs: number;
  /** The access token that a resource has rejected: it is not served again. Default: none. */
  readonly rejected?: SecretString | undefined;
}

/** True for a grant that serves the caller without a token request. Its valid token is served also when it cannot be renewed. */
export function isEnough(opened: OpenGrant, need: Need): boolean {
  const { grant, pair } = opened;
  if (grant.status === 'revoked' || grant.accessExpiresInMs <= 0 || hasLostKey(opened)) return false;
  // not the version: a newer one may have a new refresh token alone
  if (need.rejected !== undefined) return pair.access.expose() !== need.rejected.expose();
  return grant.version > need.version || grant.accessExpiresInMs > need.minValidityMs;
}

/** True when the token is valid, and may be served although it should be renewed. */
export const isServable = (opened: OpenGrant, need: Need): boolean => isEnough(opened, { ...need, minValidityMs: 0 });

/** Why a stored grant is of no use before it is opened; `undefined` when it may be. */
export function findObstacle(grant: GrantRecord | undefined, connection: Connection): TokenError | undefined {
  const { name, issuer, config } = connection;
  if (grant === undefined) return reauthorize(name, 'not_connected');
  if (grant.status === 'revoked') return reauthorize(name, 'revoked');
  const isSameIssuer = issuer === undefined || grant.issuer === issuer;
  const isSameClient = isSameIssuer && grant.clientId === config.clientId;
  return isSameClient ? undefined : reauthorize(name, 'client_changed');
}

/** True when the refresh token is bound to a key that is not there any more, as those of public clients are (RFC 9449 §5). */
export const isUnusable = (opened: OpenGrant, { isPublic }: Connection): boolean => isPublic && hasLostKey(opened);

/** The error for a grant that needs consent. */
export function reauthorize(connection: string, reason: string): ReauthorizationRequiredError {
  return new ReauthorizationRequiredError({ connection, reason });
}

/** Why a grant cannot be renewed; `undefined` when it can. */
export function findEnd({ grant, pair }: OpenGrant): GrantReason | undefined {
  if (grant.status !== 'active') return grant.reason ?? 'refresh_refused';
  if (pair.refresh === undefined) return 'no_refresh_token';
  return grant.refreshExpiresInMs <= 0 ? 'refresh_expired' : undefined;
}
