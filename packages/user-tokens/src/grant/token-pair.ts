import { SecretString } from '@bearings/oauth-bearer';
import type { IssuedToken } from '@bearings/oauth-bearer';
import type { Bytes } from '@bearings/oauth-bearer/sealing';
import type { DpopBinding } from '@bearings/oauth-bearer/source';
import { readStoredBinding, toStoredBinding } from './stored-binding.ts';
import type { StoredBinding } from './stored-binding.ts';

/** What a grant keeps sealed. */
export interface TokenPair {
  readonly access: SecretString;
  readonly refresh: SecretString | undefined;
  /** Members of the token response that the provider's description asks to keep, such as `instance_url`. */
  readonly extras: Readonly<Record<string, unknown>>;
  /** The key that the access token is bound to (RFC 9449); of a public client, the refresh token too. */
  readonly binding?: DpopBinding | undefined;
}

/** What of a response is kept besides its tokens. */
export interface KeptFacts extends Pick<TokenPair, 'binding'> {
  /** The members of the response. Default: none. */
  readonly extras?: readonly string[] | undefined;
}

/** The pair of a token response. */
export function toTokenPair({ value, extras }: IssuedToken, { extras: keep = [], binding }: KeptFacts = {}): TokenPair {
  const kept = keep.map((name) => [name, extras?.get(name)] as const).filter(([, member]) => member !== undefined);
  return { access: new SecretString(value), refresh: extras?.refreshToken, extras: Object.fromEntries(kept), binding };
}

/** The pair as bytes, to be sealed. */
export function encodePair({ access, refresh, extras, binding }: TokenPair): Bytes {
  const stored: StoredPair = {
    access: access.expose(),
    refresh: refresh?.expose(),
    extras,
    dpop: toStoredBinding(binding),
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

interface StoredPair {
  readonly access: string;
  readonly refresh?: string | undefined;
  readonly extras: TokenPair['extras'];
  readonly dpop?: StoredBinding | undefined;
}

/** What {@link encodePair} wrote. The seal vouches for its form. */
export function decodePair(bytes: Uint8Array): TokenPair {
  const { access, refresh, extras, dpop }: StoredPair = JSON.parse(new TextDecoder().decode(bytes));
  return {
    access: new SecretString(access),
    refresh: refresh === undefined ? undefined : new SecretString(refresh),
    extras,
    binding: readStoredBinding(dpop),
  };
}

/** When the refresh token of a response expires, in milliseconds from the response; `Infinity` when it does not say. */
export function refreshLifetimeMs({ extras }: IssuedToken): number {
  return readRefreshLifetime((name) => extras?.get(name));
}

/** The same by the members of the response. */
export function readRefreshLifetime(member: (name: string) => unknown): number {
  for (const name of ['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in']) {
    const seconds = Number(member(name));
    if (Number.isFinite(seconds) && seconds > 0) return seconds * 1_000; // Keycloak: 0 is "does not expire"
  }
  return Infinity;
}

/** Which refresh token an attempt was made with. Only compared. */
export async function hashToken({ refresh }: TokenPair): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(refresh?.expose()));
  return Buffer.from(digest).toString('base64url').slice(0, 22);
}
