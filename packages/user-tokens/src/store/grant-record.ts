import type { GrantKey } from './grant-key.ts';

/**
 * `active`: it can be refreshed, or its access token is valid. `needs_reauthorization`: only new consent helps.
 * `revoked`: the user or the operator has ended it.
 */
export type GrantStatus = (typeof grantStatuses)[number];

export const grantStatuses = ['active', 'needs_reauthorization', 'revoked'] as const;

/** Why a grant needs new consent. */
export type GrantReason = (typeof grantReasons)[number];

export const grantReasons = [
  /** The provider refused the refresh token. */
  'refresh_refused',
  /** The provider refused it after a request whose answer was lost: the pair that it issued then is lost too. */
  'refresh_interrupted',
  /** The provider said when the refresh token expires, and that time has passed. */
  'refresh_expired',
  /** The access token has expired, and the provider issued no refresh token. */
  'no_refresh_token',
  /** The user granted less than the caller asks for. */
  'insufficient_scope',
  /** The stored tokens were changed, moved, or sealed with a key of another value. */
  'undecryptable',
  /** The connection has another issuer or client id than the grant, or not the key that its tokens are bound to. */
  'client_changed',
] as const;

/** Sealed tokens, and the key that they are sealed with. */
export interface SealedContent {
  readonly sealed: Uint8Array;
  readonly keyId: string;
}

/** What consent and refresh write: the sealed tokens and what is known of them. Lifetimes count from the write. */
export interface GrantContent extends SealedContent {
  readonly issuer: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Milliseconds until the access token expires; `Infinity` for one that does not expire. */
  readonly accessLifetimeMs: number;
  /** Milliseconds until the refresh token expires; `Infinity` when that is not known, or there is none. */
  readonly refreshLifetimeMs: number;
  readonly hasRefreshToken: boolean;
  /** What was wrong with the answer that brought the refresh token, such as `INVALID_TOKEN_RESPONSE`. Default: nothing. */
  readonly lastError?: string | undefined;
}

/** A new row. */
export interface NewGrant extends GrantKey, GrantContent {
  readonly id: string;
}

/**
 * A grant as a store returns it.
 *
 * All times are durations from the moment of reading, by the store's own clock: the clocks of two replicas may differ by
 * minutes. They are negative for what is past.
 */
export interface GrantRecord extends GrantKey {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly status: GrantStatus;
  readonly reason: GrantReason | undefined;
  /** Counts the pairs of tokens that were stored, from 1. Part of what the seal is bound to. */
  readonly version: number;
  readonly scopes: readonly string[];
  readonly accessExpiresInMs: number;
  readonly refreshExpiresInMs: number;
  readonly hasRefreshToken: boolean;
  /** `undefined` when the secret has been erased. */
  readonly sealed: Uint8Array | undefined;
  readonly keyId: string;
  /** Which process refreshes it, and for how long no other may. `undefined` when none does. */
  readonly lease: { readonly owner: string; readonly endsInMs: number } | undefined;
  /** The hash of the refresh token that a request was sent with, while the outcome is not stored. */
  readonly attempt: string | undefined;
  /** What ended the last refresh, such as `HTTP 503`. Contains no secret. */
  readonly lastError: string | undefined;
  /** Milliseconds since the epoch, by the store's clock. */
  readonly createdAt: number;
  readonly updatedAt: number;
}
