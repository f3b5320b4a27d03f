import type { GivenTokenConfig, GrantConfig, PrivateKey, TokenConfig } from '@bearings/oauth-bearer';
import type { GrantFields } from './grant-schema.ts';
import type { OAuth2Auth } from './oauth2-fields.ts';

/** What the references of an `auth` stand for. */
export type TokenSecrets = Pick<TokenConfig, 'clientSecret' | 'privateKey' | 'clientAssertion' | 'grant' | 'dpop'>;

/** Converts an `auth` to options of `Token.create`. */
export function toTokenConfig(auth: OAuth2Auth, secrets: TokenSecrets): TokenConfig {
  const { issuerUrl, metadataUrl, tokenUrl, clientId, clientAuthMethod, basicEncoding } = auth;
  const { certificateFile, keyId, signingAlg, assertionAudience, bearerTokenTypes, profile } = auth;
  const { certificateBoundTokens, clientCapabilities } = auth;
  const { scopes = [], audience, resource, extraParams = {}, headers = {}, insecureHttp = false } = auth;
  const { refreshOffsetMs, defaultTtlMs, acquireTimeoutMs } = auth;
  return {
    ...secrets,
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
    certificateBoundTokens,
    profile,
    scopes,
    audience,
    resource,
    clientCapabilities,
    extraParams,
    extraHeaders: headers,
    insecureHttp,
    ...(bearerTokenTypes !== undefined && { bearerTokenTypes }),
    ...(refreshOffsetMs !== undefined && { refreshOffsetMs }),
    ...(defaultTtlMs !== undefined && { defaultTtlMs }),
    ...(acquireTimeoutMs !== undefined && { acquireTimeoutMs }),
  };
}

/** What the references of a `grant` stand for. */
export interface GrantSecrets {
  readonly readToken: (reference: string) => GivenTokenConfig;
  /** The key of `privateKeyRef`. */
  readonly privateKey: PrivateKey | undefined;
}

/** Converts a `grant` to that of `Token.create`: the names are the same, but for references. */
export function toGrantConfig(grant: GrantFields, { readToken, privateKey }: GrantSecrets): GrantConfig {
  if (grant.type === 'client_credentials') return grant;
  if (grant.type === 'token_exchange') {
    const { subjectTokenRef, actorTokenRef, ...others } = grant;
    const actor = actorTokenRef === undefined ? {} : { actorToken: readToken(actorTokenRef) };
    return { ...others, subjectToken: readToken(subjectTokenRef), ...actor };
  }
  const { assertionRef, privateKeyRef, ...others } = grant;
  if (assertionRef !== undefined) return { ...others, assertion: readToken(assertionRef) };
  return { ...others, ...(privateKeyRef !== undefined && { privateKey }) };
}
