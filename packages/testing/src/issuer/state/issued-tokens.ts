import type { Clock } from '@bearings/client';
import { signingKeys } from './signing-keys.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a token grants. */
interface Grant {
  readonly clientId: string;
  /** The account that granted it. A token of the client itself has none. */
  readonly account?: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
}

/** A grant, and the family of tokens that it belongs to. */
interface FamilyGrant extends Grant {
  readonly family?: string;
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

/** The access tokens that an issuer has issued. */
export interface IssuedTokens {
  readonly keys: SigningKeys;
  issue(grant: FamilyGrant): string;
  introspect(token: string): Introspection;
  /** Makes a token invalid before its expiry. */
  revoke(token: string): void;
  /** Revokes all tokens of a family, or without an argument, all tokens. */
  revokeAll(family?: string): void;
}

interface IssuedToken {
  readonly facts: ActiveToken;
  readonly family: string | undefined;
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
    issue({ family, ...grant }) {
      const facts = { ...grant, expiresAt: clock.now() + lifetimeMs };
      count += 1;
      const claims = toClaims(facts, clock.now());
      const isJwt = format === 'jwt';
      const token = isJwt ? keys.jwt('at+jwt', { iss: issuer(), ...claims, jti: String(count) }) : opaqueToken(count);
      issued.set(token, { facts, family, kid: isJwt ? keys.current() : undefined });
      return token;
    },
    introspect(token) {
      const found = issued.get(token);
      if (found === undefined || (found.kid !== undefined && found.kid !== keys.current())) return 'unknown';
      if (revoked.has(token)) return 'revoked';
      return clock.now() >= found.facts.expiresAt ? 'expired' : found.facts;
    },
    revoke: (token) => void revoked.add(token),
    revokeAll(family) {
      for (const [token, each] of issued) if (family === undefined || each.family === family) revoked.add(token);
    },
  };
}

/** RFC 9068 §2.2. */
function toClaims(
  { clientId, account, scopes, audience, expiresAt }: ActiveToken,
  now: number,
): Readonly<Record<string, unknown>> {
  return {
    sub: account ?? clientId,
    client_id: clientId,
    ...(audience.length > 0 ? { aud: audience } : {}),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    iat: Math.floor(now / 1_000),
    ...(expiresAt === Infinity ? {} : { exp: Math.floor(expiresAt / 1_000) }),
  };
}
