import type { Clock } from '@bearings/client';
import { signingKeys } from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a token grants. */
interface Grant {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** The facts of a valid token. */
export interface ActiveToken extends Grant {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** The facts of a valid token, or why a token is not valid. */
export type Introspection = ActiveToken | 'unknown' | 'expired' | 'revoked';

export interface IssuedTokenOptions {
  /** `jwt`: signed (RFC 9068). `opaque`: text that only the issuer understands. */
  readonly format: 'jwt' | 'opaque';
  readonly lifetimeMs: number;
  /** The text of opaque tokens. `count` starts at 1. */
  readonly opaqueToken: (count: number) => string;
  readonly clock: Clock;
  readonly issuer: () => string;
}

/** The tokens that an issuer has issued. */
export interface IssuedTokens {
  readonly keys: SigningKeys;
  issue(grant: Grant): string;
  introspect(token: string): Introspection;
  /** Makes a token invalid before its expiry. */
  revoke(token: string): void;
  revokeAll(): void;
}

interface IssuedToken extends ActiveToken {
  /** The id of the key that signed it. */
  readonly kid: string | undefined;
}

/** Creates an empty list of tokens. */
export function issuedTokens({ format, lifetimeMs, opaqueToken, clock, issuer }: IssuedTokenOptions): IssuedTokens {
  const keys = signingKeys();
  const issued = new Map<string, IssuedToken>();
  const revoked = new Set<string>();
  let count = 0;
  return {
    keys,
    issue(grant) {
      const expiresAt = clock.now() + lifetimeMs;
      count += 1;
      const claims = toClaims({ ...grant, expiresAt }, clock.now());
      const isJwt = format === 'jwt';
      const token = isJwt ? keys.jwt('at+jwt', { iss: issuer(), ...claims, jti: String(count) }) : opaqueToken(count);
      issued.set(token, { ...grant, expiresAt, kid: isJwt ? keys.current() : undefined });
      return token;
    },
    introspect(token) {
      const { kid, ...good } = issued.get(token) ?? {};
      if (!('expiresAt' in good) || (kid !== undefined && kid !== keys.current())) return 'unknown';
      if (revoked.has(token)) return 'revoked';
      return clock.now() >= good.expiresAt ? 'expired' : good;
    },
    revoke: (token) => void revoked.add(token),
    revokeAll() {
      for (const token of issued.keys()) revoked.add(token);
    },
  };
}

/** RFC 9068 §2.2. */
function toClaims(
  { clientId, scopes, audience, expiresAt }: ActiveToken,
  now: number,
): Readonly<Record<string, unknown>> {
  return {
    sub: clientId,
    client_id: clientId,
    ...(audience.length > 0 ? { aud: audience } : {}),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    iat: Math.floor(now / 1_000),
    exp: Math.floor(expiresAt / 1_000),
  };
}
