import { SecretString } from '@bearings/oauth-bearer';
import type { IssuedToken } from '@bearings/oauth-bearer';

/** What a grant keeps sealed. */
export interface TokenPair {
  readonly access: SecretString;
  readonly refresh: SecretString | undefined;
  /** Members of the token response that the provider's description asks to keep, such as `instance_url`. */
  readonly extras: Readonly<Record<string, unknown>>;
}

/** The pair of a token response. */
export function toTokenPair(issued: IssuedToken, keep: readonly string[] = []): TokenPair {
  const { value, extras } = issued;
  const kept = keep.map((name) => [name, extras?.get(name)] as const).filter(([, member]) => member !== undefined);
  return { access: new SecretString(value), refresh: extras?.refreshToken, extras: Object.fromEntries(kept) };
}

/** The pair as bytes, to be sealed. */
export function encodePair({ access, refresh, extras }: TokenPair): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify({ access: access.expose(), refresh: refresh?.expose(), extras }));
}

/** What {@link encodePair} wrote. The seal vouches for its form. */
export function decodePair(bytes: Uint8Array): TokenPair {
  const { access, refresh, extras }: { access: string; refresh?: string; extras: TokenPair['extras'] } = JSON.parse(
    new TextDecoder().decode(bytes),
  );
  return {
    access: new SecretString(access),
    refresh: refresh === undefined ? undefined : new SecretString(refresh),
    extras,
  };
}

/** When the refresh token of a response expires, in milliseconds from the response; `Infinity` when it does not say. */
export function refreshLifetimeMs({ extras }: IssuedToken): number {
  for (const name of ['refresh_token_expires_in', 'refresh_expires_in', 'x_refresh_token_expires_in']) {
    const seconds = Number(extras?.get(name));
    if (Number.isFinite(seconds) && seconds > 0) return seconds * 1_000; // Keycloak: 0 is "does not expire"
  }
  return Infinity;
}
