import type { Layer } from '@bearings/client';
import { isSecure, transportLayerRule } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { readCertificateUse } from '../client-auth/client-certificate.ts';
import type { CertificateUse } from '../client-auth/client-certificate.ts';
import { credentialNames, readCredential } from '../client-auth/credential.ts';
import type { Credential, CredentialConfig } from '../client-auth/credential.ts';
import { readDpop } from '../dpop/read-dpop.ts';
import type { DpopOptions } from '../dpop/read-dpop.ts';
import type { DpopKey } from '../dpop/dpop-key.ts';
import { TokenConfigError } from '../errors.ts';
import type { KeySet } from '../sealing/key-set.ts';
import type { Grant } from '../grants/grant.ts';
import type { GrantConfig } from '../grants/grant-config.ts';
import { readGrant } from '../grants/read-grant.ts';
import { readSharing } from '../store/read-sharing.ts';
import type { Sharing } from '../store/read-sharing.ts';
import type { TokenStore } from '../store/token-store.ts';
import { readExtraHeaders } from './extra-headers.ts';
import { readBearerTypes } from './bearer-types.ts';
import { checkProfile } from './security-profile.ts';
import type { SecurityProfile } from './security-profile.ts';
import { checkNames } from './option-names.ts';
import type { OptionNames } from './option-names.ts';
import { readParams } from './token-params.ts';
import { mustBe, readDuration, resolveTokenOptions, tokenOptionNames } from './token-options.ts';
import type { TokenOptions, TokenOptionSettings } from './token-options.ts';

/** What `Token.create` takes: the server, the client, what the token is for, and how it is kept. */
export interface TokenConfig extends CredentialConfig, TokenOptions {
  /** The issuer, whose token endpoint is discovered once. Either this or `tokenEndpoint`. */
  readonly issuerUrl?: string | undefined;
  /**
   * Where the issuer's metadata is, when it is not at a well-known place below the issuer: for a server with one host name
   * inside a cluster and another outside. The metadata must name the issuer all the same. Default: the well-known places.
   */
  readonly metadataUrl?: string | undefined;
  /** The token endpoint itself: https, or http on loopback. */
  readonly tokenEndpoint?: string | undefined;
  readonly clientId: string;
  /** How the token is requested: for the client itself, by exchange of a token, or by a JWT. Default: for the client itself. */
  readonly grant?: GrantConfig | undefined;
  /** Default: none are requested; the server grants its own default. */
  readonly scopes?: readonly string[];
  /** The audience of the token, for servers that have this parameter. */
  readonly audience?: string | undefined;
  /** The resource, or resources, the token is for (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
  /**
   * What the client can handle, for Microsoft Entra. `cp1`: claims challenges (continuous access evaluation). A resource that
   * then requires claims in a 401 gets a token with these claims, and the call is sent once more. Default: none.
   */
  readonly clientCapabilities?: readonly string[] | undefined;
  /** Further parameters of the token request. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Further headers of the token request. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** The lifetime of a token whose response has no `expires_in`. Default: 5 min. */
  readonly defaultTtlMs?: number;
  /**
   * Binds tokens to a key, so that a copied token is of no use (DPoP, RFC 9449): `true` for a new P-256 key that cannot be
   * exported, or a private key of yours, which replicas need to share tokens. Default: false.
   */
  readonly dpop?: boolean | DpopOptions | undefined;
  /**
   * Requests tokens that are bound to the client certificate of `network` (RFC 8705 §3), so that a copied token is of no use: at
   * the server's `mtls_endpoint_aliases`, with any `clientAuthMethod`. Clients that send them need the same `network`. Tokens
   * that are known not to be bound are refused. Default: false, the server decides.
   */
  readonly certificateBoundTokens?: boolean | undefined;
  /**
   * Refuses what a security profile forbids. `fapi2`: FAPI 2.0, with keys in place of secrets, tokens that are bound to a key,
   * and TLS everywhere. Default: none.
   */
  readonly profile?: SecurityProfile | undefined;
  /** Values of `token_type` that mean Bearer, besides `Bearer`, such as Apigee's `BearerToken`. Default: none. */
  readonly bearerTokenTypes?: readonly string[];
  /** Allows `http:` beyond loopback for issuer and endpoint. Default: false. */
  readonly insecureHttp?: boolean;
  /** The network. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /**
   * The network as a layer, in place of `fetch`: the one that the client has, such as `withUndici({ proxy, tls })`. It
   * carries discovery and token requests. You close it.
   */
  readonly network?: Layer | undefined;
  /** Where replicas share the token, such as `redisTokenStore(…)`. Default: each has its own. */
  readonly store?: TokenStore | undefined;
  /** What the token is sealed with in the store: keys of 32 random bytes by their ids, and the id of the current one. */
  readonly storeKeys?: KeySet | undefined;
}

/** A config, checked, copied, with every default in place. */
export interface TokenSettings extends TokenOptionSettings {
  readonly server: { readonly issuerUrl: string; readonly metadataUrl?: string } | { readonly tokenEndpoint: string };
  readonly clientId: string;
  readonly credential: Credential;
  readonly scopes: readonly string[];
  /** All parameters but those of client authentication. */
  readonly params: readonly [string, string][];
  readonly headers: Readonly<Record<string, string>>;
  readonly defaultTtlMs: number;
  /** True when the token request may ask for claims that a resource requires. */
  readonly acceptsClaims: boolean;
  /** In lower case. */
  readonly bearerTypes: readonly string[];
  /** The key that tokens are bound to. */
  readonly dpopKey?: DpopKey | undefined;
  /** `undefined` when no client certificate is needed. */
  readonly certificate?: CertificateUse | undefined;
  readonly insecureHttp: boolean;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly network: Layer | undefined;
  readonly sharing: Sharing | undefined;
  /** `undefined` for client credentials. */
  readonly grant: Grant | undefined;
}

/** Checks a config before anything is sent; the error names the field and what would be right. */
export function readTokenConfig(config: TokenConfig): Result<TokenSettings, TokenConfigError> {
  try {
    return Ok(resolveConfig(config));
  } catch (cause) {
    if (cause instanceof TokenConfigError) return Err(cause);
    throw cause;
  }
}

const configNames: OptionNames<TokenConfig> = {
  ...tokenOptionNames,
  ...credentialNames,
  issuerUrl: true,
  metadataUrl: true,
  tokenEndpoint: true,
  clientId: true,
  grant: true,
  scopes: true,
  audience: true,
  resource: true,
  clientCapabilities: true,
  extraParams: true,
  extraHeaders: true,
  defaultTtlMs: true,
  bearerTokenTypes: true,
  dpop: true,
  certificateBoundTokens: true,
  profile: true,
  insecureHttp: true,
  fetch: true,
  network: true,
  store: true,
  storeKeys: true,
};

function resolveConfig(config: TokenConfig): TokenSettings {
  checkNames(config, configNames, 'Token.create');
  const { scopes = [], extraHeaders = {}, insecureHttp = false } = config;
  const options = resolveTokenOptions(config);
  const algorithms = checkProfile(config);
  const grant = readGrant(config.grant, algorithms);
  return {
    ...options,
    server: readServer(config, insecureHttp),
    clientId: readClientId(config),
    credential: readCredential(config, algorithms),
    scopes: readScopes(scopes),
    params: readParams(config, grant),
    acceptsClaims: config.clientCapabilities !== undefined,
    headers: readExtraHeaders(extraHeaders),
    defaultTtlMs: readDuration('defaultTtlMs', config.defaultTtlMs ?? 300_000),
    bearerTypes: [...readBearerTypes(config.bearerTokenTypes), ...(grant?.tokenTypes ?? [])],
    dpopKey: readDpop(config, options, algorithms),
    insecureHttp,
    fetch: config.fetch,
    network: readNetwork(config),
    certificate: readCertificateUse(config),
    sharing: readSharing(config, grant),
    grant,
  };
}

function readNetwork({ fetch, network }: TokenConfig): Layer | undefined {
  if (network === undefined) return undefined;
  mustBe(fetch === undefined, 'network', 'and fetch are both set: set one of them');
  mustBe(transportLayerRule.test(network), 'network', `must be ${transportLayerRule.expected}`);
  return network;
}

function readServer(config: TokenConfig, insecureHttp: boolean): TokenSettings['server'] {
  const { issuerUrl, tokenEndpoint, metadataUrl } = config;
  if (issuerUrl === undefined && tokenEndpoint === undefined) {
    throw new TokenConfigError('issuerUrl', 'or tokenEndpoint is missing: one of them is required');
  }
  if (issuerUrl !== undefined && tokenEndpoint !== undefined) {
    throw new TokenConfigError('issuerUrl', 'and tokenEndpoint are both set: set one of them');
  }
  if (metadataUrl !== undefined) {
    mustBe(issuerUrl !== undefined, 'metadataUrl', 'needs issuerUrl, which the metadata must name');
    checkUrl('metadataUrl', metadataUrl, insecureHttp);
  }
  if (issuerUrl === undefined) {
    checkUrl('tokenEndpoint', tokenEndpoint, insecureHttp);
    return { tokenEndpoint: String(tokenEndpoint) };
  }
  checkUrl('issuerUrl', issuerUrl, insecureHttp);
  mustBe(!issuerUrl.includes('?'), 'issuerUrl', 'must not have a query');
  return { issuerUrl, ...(metadataUrl !== undefined && { metadataUrl }) };
}

function checkUrl(field: string, value: unknown, insecureHttp: boolean): void {
  const url = URL.parse(String(value));
  if (url === null) throw new TokenConfigError(field, 'must be an absolute URL, such as https://id.example/token');
  mustBe(url.username === '' && url.password === '', field, 'must not contain a user and password');
  mustBe(!String(value).includes('#'), field, 'must not have a fragment');
  mustBe(
    isSecure(url) || (insecureHttp && url.protocol === 'http:'),
    field,
    `must be https (or http on loopback), not ${url.protocol}//${url.host}`,
  );
}

function readClientId({ clientId, basicEncoding }: TokenConfig): string {
  mustBe(typeof clientId === 'string' && clientId.trim() !== '', 'clientId', 'must not be blank');
  mustBe(clientId.isWellFormed(), 'clientId', 'contains half of a surrogate pair, which has no UTF-8 form');
  const isAmbiguous = basicEncoding === 'raw' && clientId.includes(':');
  mustBe(!isAmbiguous, 'clientId', "must have no colon with basicEncoding 'raw': the server would cut it there");
  return clientId;
}

/** RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

function readScopes(scopes: readonly string[]): readonly string[] {
  for (const scope of scopes) {
    const shown = JSON.stringify(scope);
    mustBe(
      scopeToken.test(scope),
      'scopes',
      `contains ${shown}: a scope has no space, quote or backslash (RFC 6749 §3.3)`,
    );
  }
  return [...scopes];
}
