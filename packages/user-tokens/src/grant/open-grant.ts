import type { TokenError } from '@bearings/oauth-bearer';
import { ReauthorizationRequiredError } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import type { GrantRecord } from '../store/grant-record.ts';
import type { TokenPair } from './token-pair.ts';

/** A grant with its tokens, as it was read or written. */
export interface OpenGrant {
  readonly grant: GrantRecord;
  readonly pair: TokenPair;
}

/** What a caller has, and needs. */
export interface Need {
  /** The version that the caller has; 0 when it has none. */
  readonly version: number;
  /** How long the token should still be valid, in milliseconds. */
  readonly minValidityMs: number;
  /** True when a resource has rejected the caller's token. */
  readonly isRejected: boolean;
}

/** True for a grant that serves the caller without a token request. Its valid token is served also when it cannot be renewed. */
export function isEnough({ grant }: OpenGrant, need: Need): boolean {
  if (grant.status === 'revoked' || grant.accessExpiresInMs <= 0) return false;
  if (grant.version > need.version) return true;
  return !need.isRejected && grant.accessExpiresInMs > need.minValidityMs;
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

/** The error for a grant that needs consent. */
export function reauthorize(connection: string, reason: string): ReauthorizationRequiredError {
  return new ReauthorizationRequiredError({ connection, reason });
}
