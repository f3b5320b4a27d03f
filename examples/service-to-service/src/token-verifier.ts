import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Whose tokens an API takes: from whom, and meant for whom. */
export interface Trust {
  readonly issuerUrl: string;
  readonly jwksUrl: URL;
  readonly resource: string;
}

/** What an API needs to know of a token that is good. */
export interface GoodToken {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Answers `undefined` for a token that is not good. */
export type TokenVerifier = (authorization: string | undefined) => Promise<GoodToken | undefined>;

/** Fetches the provider's keys once and verifies by itself from then on. Clocks may differ by two seconds. */
export function createTokenVerifier({ issuerUrl, jwksUrl, resource }: Trust): TokenVerifier {
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
