import type { TokenConfig } from '@bearings/oauth-bearer';
import type { OAuth2Auth } from './oauth2-fields.ts';

/** Converts an `auth` to options of `Token.create`, without the secret or key. */
export function toTokenConfig(auth: OAuth2Auth): TokenConfig {
  const { issuerUrl, metadataUrl, tokenUrl, clientId, clientAuthMethod, basicEncoding } = auth;
  const { certificateFile, keyId, signingAlg, assertionAudience, bearerTokenTypes } = auth;
  const { scopes = [], audience, resource, extraParams = {}, headers = {}, insecureHttp = false } = auth;
  const { refreshOffsetMs, defaultTtlMs, acquireTimeoutMs } = auth;
  return {
    issuerUrl,
    metadataUrl,
    tokenEndpoint: tokenUrl,
    clientId,
    clientAuthMethod,
    basicEncoding,
    ...(certificateFile !== undefined && { certificate: { file: certificateFile } }),
    keyId,
    signingAlg,
    assertionAudience,
    scopes,
    audience,
    resource,
    extraParams,
    extraHeaders: headers,
    insecureHttp,
    ...(bearerTokenTypes !== undefined && { bearerTokenTypes }),
    ...(refreshOffsetMs !== undefined && { refreshOffsetMs }),
    ...(defaultTtlMs !== undefined && { defaultTtlMs }),
    ...(acquireTimeoutMs !== undefined && { acquireTimeoutMs }),
  };
}
