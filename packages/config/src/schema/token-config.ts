import type { TokenConfig } from '@bearings/oauth-bearer';
import type { OAuth2Auth } from './oauth2-fields.ts';

/** Converts an `auth` to options of `Token.create`, without the secret or key. */
export function toTokenConfig(auth: OAuth2Auth): TokenConfig {
  const { issuerUrl, tokenUrl, clientId, clientAuthMethod, basicEncoding, keyId, signingAlg, assertionAudience } = auth;
  const { scopes = [], audience, resource, extraParams = {}, headers = {}, insecureHttp = false } = auth;
  const { refreshOffsetMs, defaultTtlMs, acquireTimeoutMs } = auth;
  return {
    issuerUrl,
    tokenEndpoint: tokenUrl,
    clientId,
    clientAuthMethod,
    basicEncoding,
    keyId,
    signingAlg,
    assertionAudience,
    scopes,
    audience,
    resource,
    extraParams,
    extraHeaders: headers,
    insecureHttp,
    ...(refreshOffsetMs !== undefined && { refreshOffsetMs }),
    ...(defaultTtlMs !== undefined && { defaultTtlMs }),
    ...(acquireTimeoutMs !== undefined && { acquireTimeoutMs }),
  };
}
