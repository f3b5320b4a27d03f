import type { IssuedToken } from '@bearings/oauth-bearer';
import type { Connection } from '../connection/connection.ts';
import type { GrantContent, GrantRecord } from '../store/grant-record.ts';
import type { OpenGrant } from './open-grant.ts';
import { refreshLifetimeMs, toTokenPair } from './token-pair.ts';
import type { TokenPair } from './token-pair.ts';

/** What a refresh has changed. */
interface RenewedGrant {
  readonly opened: OpenGrant;
  /** What the store takes besides the sealed pair. */
  readonly facts: Omit<GrantContent, 'sealed' | 'keyId'>;
}

/**
 * The grant after a refresh.
 *
 * @param tookMs - how long ago the token was requested
 */
export function renewGrant(
  before: OpenGrant & { readonly connection: Connection },
  issued: IssuedToken,
  tookMs: number,
): RenewedGrant {
  const { grant, connection } = before;
  const facts = renewedFacts(grant, issued, tookMs);
  const { accessLifetimeMs: accessExpiresInMs, refreshLifetimeMs: refreshExpiresInMs, ...others } = facts;
  const times = { accessExpiresInMs, refreshExpiresInMs, lease: undefined, attempt: undefined };
  const pair = renewedPair(before.pair, toTokenPair(issued, connection.config.extras));
  return { facts, opened: { grant: { ...grant, ...others, ...times, version: grant.version + 1 }, pair } };
}

/** A refresh token that is not replaced stays (RFC 6749 §6); so do the extras. */
function renewedPair(before: TokenPair, { access, refresh, extras }: TokenPair): TokenPair {
  return { access, refresh: refresh ?? before.refresh, extras: { ...before.extras, ...extras } };
}

function renewedFacts(
  { issuer, clientId, refreshExpiresInMs, scopes }: GrantRecord,
  issued: IssuedToken,
  tookMs: number,
): RenewedGrant['facts'] {
  const isKept = issued.extras?.refreshToken === undefined;
  return {
    issuer,
    clientId,
    scopes: issued.scopes ?? scopes,
    accessLifetimeMs: issued.lifetimeMs - tookMs,
    refreshLifetimeMs: isKept ? refreshExpiresInMs : refreshLifetimeMs(issued) - tookMs,
    hasRefreshToken: true,
  };
}
