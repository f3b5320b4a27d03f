import { OAuthError, OAuthErrorCode } from '@modelcontextprotocol/server';
import type { AuthInfo, OAuthMetadata, OAuthTokenVerifier } from '@modelcontextprotocol/server';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';

/** Verifies tokens for one resource. */
export interface TokenVerifier extends OAuthTokenVerifier {
  /** The metadata of the issuer (RFC 8414). */
  readonly issuerMetadata: OAuthMetadata;
  /** Ends the tokens that were accepted for a subject. */
  revoke(subject: string): void;
}

/** Reads the issuer's metadata and keys. A token must be a JWT of this issuer for this resource (RFC 9068). */
export async function createTokenVerifier(trust: {
  readonly issuerUrl: string;
  readonly resource: string;
}): Promise<TokenVerifier> {
  const { issuerUrl, resource } = trust;
  const response = await fetch(`${issuerUrl}/.well-known/oauth-authorization-server`);
  const issuerMetadata: OAuthMetadata = JSON.parse(await response.text());
  const keys = createRemoteJWKSet(new URL(String(issuerMetadata['jwks_uri'])));
  const subjects = new Map<string, string>();
  const revoked = new Set<string>();
  return {
    issuerMetadata,
    async verifyAccessToken(token) {
      const expected = { issuer: issuerUrl, audience: resource, typ: 'at+jwt' };
      const { payload } = await jwtVerify(token, keys, expected).catch(refuse);
      if (revoked.has(token)) return refuse();
      subjects.set(token, payload.sub ?? '');
      return toAuthInfo(token, payload);
    },
    revoke(subject) {
      for (const [token, owner] of subjects) if (owner === subject) revoked.add(token);
    },
  };
}

function refuse(): never {
  throw new OAuthError(OAuthErrorCode.InvalidToken, 'The token is not valid here');
}

function toAuthInfo(token: string, { client_id: clientId, scope, exp, sub }: JWTPayload): AuthInfo {
  const scopes = typeof scope === 'string' ? scope.split(' ') : [];
  return { token, clientId: String(clientId), scopes, expiresAt: exp ?? 0, extra: { subject: sub } };
}
