import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Which tokens an API accepts: their issuer and their audience. */
export interface VerifierOptions {
  readonly issuerUrl: string;
  readonly jwksUrl: URL;
  readonly resource: string;
}

/** What an API needs to know about a valid token. */
export interface VerifiedToken {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Returns `undefined` for an invalid token. */
export type TokenVerifier = (authorization: string | undefined) => Promise<VerifiedToken | undefined>;

/** Fetches the provider's keys once, and verifies tokens locally. Clocks may differ by two seconds. */
export function createTokenVerifier({ issuerUrl, jwksUrl, resource }: VerifierOptions): TokenVerifier {
  const keys = createRemoteJWKSet(jwksUrl);
  const expected = { issuer: issuerUrl, audience: resource, typ: 'at+jwt', clockTolerance: 2 };
  return async (authorization = '') => {
    try {
      const { payload } = await jwtVerify(authorization.replace(/^Bearer /i, ''), keys, expected);
      return { id: payload.jti ?? '', expiresAt: (payload.exp ?? 0) * 1_000 };
    } catch {
      return undefined;
    }
  };
}
