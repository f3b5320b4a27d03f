import type { Layer } from '@bearings/client';
import { isSecure, transportLayerRule } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { credentialNames, readCredential } from '../client-auth/credential.ts';
import type { Credential, CredentialConfig } from '../client-auth/credential.ts';
import { TokenConfigError } from '../errors.ts';
import { checkNames } from './option-names.ts';
import type { OptionNames } from './option-names.ts';
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
  /** Default: none are requested; the server grants its own default. */
  readonly scopes?: readonly string[];
  /** The audience of the token, for servers that have this parameter. */
  readonly audience?: string | undefined;
  /** The resource, or resources, the token is for (RFC 8707). */
  readonly resource?: string | readonly string[] | undefined;
  /** Further parameters of the token request. */
  readonly extraParams?: Readonly<Record<string, string>>;
  /** Further headers of the token request. */
  readonly extraHeaders?: Readonly<Record<string, string>>;
  /** The lifetime of a token whose response has no `expires_in`. Default: 5 min. */
  readonly defaultTtlMs?: number;
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
  /** In lower case. */
  readonly bearerTypes: readonly string[];
  readonly insecureHttp: boolean;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly network: Layer | undefined;
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
  scopes: true,
  audience: true,
  resource: true,
  extraParams: true,
  extraHeaders: true,
  defaultTtlMs: true,
  bearerTokenTypes: true,
  insecureHttp: true,
  fetch: true,
  network: true,
};

function resolveConfig(config: TokenConfig): TokenSettings {
  checkNames(config, configNames, 'Token.create');
  const { scopes = [], extraHeaders = {}, insecureHttp = false } = config;
  return {
    ...resolveTokenOptions(config),
    server: readServer(config, insecureHttp),
    clientId: readClientId(config),
    credential: readCredential(config),
    scopes: readScopes(scopes),
    params: readParams(config),
    headers: readHeaders(extraHeaders),
    defaultTtlMs: readDuration('defaultTtlMs', config.defaultTtlMs ?? 300_000),
    bearerTypes: readBearerTypes(config),
    insecureHttp,
    fetch: config.fetch,
    network: readNetwork(config),
  };
}

function readNetwork({ fetch, network }: TokenConfig): Layer | undefined {
  if (network === undefined) return undefined;
  mustBe(fetch === undefined, 'network', 'and fetch are both set: set one of them');
  mustBe(transportLayerRule.test(network), 'network', `must be ${transportLayerRule.expected}`);
  return network;
}

function readBearerTypes({ bearerTokenTypes = [] }: TokenConfig): readonly string[] {
  const isList = Array.isArray(bearerTokenTypes) && bearerTokenTypes.every((each) => typeof each === 'string');
  mustBe(isList, 'bearerTokenTypes', "must be a list of names, such as ['BearerToken']");
  const isRisky = bearerTokenTypes.some((each) => /^(?:dpop|mac|pop)$/i.test(each));
  mustBe(!isRisky, 'bearerTokenTypes', 'must not contain a type that needs a proof, such as DPoP');
  return bearerTokenTypes.map((each) => each.toLowerCase());
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

const reserved =
  /^(?:grant_type|client_id|client_secret|client_assertion|client_assertion_type|scope|audience|resource)$/;

function readParams(config: TokenConfig): readonly [string, string][] {
  const { scopes = [], audience, resource = [], extraParams = {} } = config;
  const resources = typeof resource === 'string' ? [resource] : resource;
  for (const each of resources) {
    const isRight = URL.canParse(each) && !each.includes('#');
    mustBe(isRight, 'resource', 'must be an absolute URI without a fragment (RFC 8707 §2)');
  }
  for (const name of Object.keys(extraParams)) {
    mustBe(!reserved.test(name), 'extraParams', `contains ${name}, which has its own setting`);
  }
  const params: [string, string][] = [];
  if (scopes.length > 0) params.push(['scope', scopes.join(' ')]);
  if (audience !== undefined) params.push(['audience', audience]);
  for (const each of resources) params.push(['resource', each]);
  return [...params, ...Object.entries(extraParams), ['grant_type', 'client_credentials']];
}

function readHeaders(extraHeaders: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const probe = new Headers();
  for (const [name, value] of Object.entries(extraHeaders)) {
    const isOurs = /^(?:authorization|content-type|accept)$/i.test(name);
    mustBe(!isOurs, 'extraHeaders', `contains ${name}, which the token request sets itself`);
    try {
      probe.set(name, value);
    } catch {
      const problem = `contains ${JSON.stringify(name)}, whose name or value HTTP does not allow`;
      throw new TokenConfigError('extraHeaders', problem);
    }
  }
  return { ...extraHeaders };
}
