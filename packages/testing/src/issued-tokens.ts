import type { Clock } from '@bearings/client';
import { signingKeys } from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a token stands for. */
interface Grant {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** A token that is good, and what it stands for. */
export interface GoodToken extends Grant {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What an issuer says of a token: what it stands for, or why it is not good. */
export type Introspection = GoodToken | 'unknown' | 'expired' | 'revoked';

/** How tokens are made. */
export interface TokenStyle {
  /** `jwt`: signed, as RFC 9068 says. `opaque`: a name that only the issuer knows. */
  readonly format: 'jwt' | 'opaque';
  readonly lifetimeMs: number;
  /** What opaque tokens are called; counts from 1. */
  readonly opaqueToken: (count: number) => string;
  readonly clock: Clock;
  readonly issuer: () => string;
}

/** The tokens that an issuer has given out. */
export interface IssuedTokens {
  readonly keys: SigningKeys;
  issue(grant: Grant): string;
  introspect(token: string): Introspection;
  /** A token that is not good from now on, whatever its lifetime. */
  revoke(token: string): void;
  revokeAll(): void;
}

interface Issued extends GoodToken {
  /** The key that signed it. */
  readonly kid: string | undefined;
}

/** No tokens yet. */
export function issuedTokens({ format, lifetimeMs, opaqueToken, clock, issuer }: TokenStyle): IssuedTokens {
  const keys = signingKeys();
  const issued = new Map<string, Issued>();
  const revoked = new Set<string>();
  let count = 0;
  return {
    keys,
    issue(grant) {
      const expiresAt = clock.now() + lifetimeMs;
      count += 1;
      const claims = claimsOf({ ...grant, expiresAt }, clock.now());
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
function claimsOf(
  { clientId, scopes, audience, expiresAt }: GoodToken,
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
