import type { IssuedToken } from '@bearings/oauth-bearer';
import type { Connection } from '../connection/connection.ts';
import type { GrantContent, GrantRecord } from '../store/grant-record.ts';
import type { OpenGrant } from './open-grant.ts';
import { describeFailure } from './refresh-failure.ts';
import type { RefreshAnswer } from './send-refresh.ts';
import { refreshLifetimeMs, toTokenPair } from './token-pair.ts';
import type { TokenPair } from './token-pair.ts';

/** What a refresh has changed. */
export interface RenewedGrant {
  readonly opened: OpenGrant;
  /** What the store takes besides the sealed pair. */
  readonly facts: Omit<GrantContent, 'sealed' | 'keyId'>;
}

/** What a commit clears, as the store does. */
const settled = { lease: undefined, attempt: undefined, lastError: undefined };

type RotatedAnswer = Extract<RefreshAnswer, { kind: 'rotated' }>;

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
  const { grant, connection, bound } = before;
  const facts = renewedFacts(grant, issued, tookMs);
  const { accessLifetimeMs: accessExpiresInMs, refreshLifetimeMs: refreshExpiresInMs, ...others } = facts;
  const times = { accessExpiresInMs, refreshExpiresInMs, ...settled };
  const pair = renewedPair(
    before.pair,
    toTokenPair(issued, { extras: connection.config.extras, binding: bound?.binding }),
  );
  return { facts, opened: { grant: { ...grant, ...others, ...times, version: grant.version + 1 }, pair, bound } };
}

/**
 * The grant after a refresh that brought a refresh token alone: the access token before stays.
 *
 * @param tookMs - how long ago the grant was read
 */
export function rotateGrant(
  { grant, pair, bound }: OpenGrant,
  { rotated, error }: RotatedAnswer,
  tookMs: number,
): RenewedGrant {
  const { refresh, lifetimeMs, isDpop } = rotated;
  const { issuer, clientId, scopes, accessExpiresInMs, version } = grant;
  const isSameKey = bound?.binding.thumbprint === pair.binding?.thumbprint;
  // the row has one key for both tokens, and the refresh token of a public client needs the one of the request
  const isRebound = isDpop && !isSameKey;
  const accessLifetimeMs = isRebound ? 0 : accessExpiresInMs - tookMs;
  const lastError = describeFailure(error);
  const lifetimes = { accessLifetimeMs, refreshLifetimeMs: lifetimeMs };
  const facts = { issuer, clientId, scopes, ...lifetimes, hasRefreshToken: true, lastError };
  const times = { accessExpiresInMs: accessLifetimeMs, refreshExpiresInMs: lifetimeMs };
  const renewed = { ...grant, ...times, ...settled, version: version + 1, lastError };
  const binding = isRebound ? bound?.binding : pair.binding;
  const opened = { grant: renewed, pair: { ...pair, refresh, binding } };
  return { facts, opened: isRebound || isSameKey ? { ...opened, bound } : opened };
}

/** A refresh token that is not replaced stays (RFC 6749 §6); so do the extras. */
function renewedPair(before: TokenPair, { refresh, extras, ...renewed }: TokenPair): TokenPair {
  return { ...renewed, refresh: refresh ?? before.refresh, extras: { ...before.extras, ...extras } };
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
