import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import { TokenEndpoint } from '@bearings/oauth-bearer/source';
import type {
  EndpointRequest,
  GrantRequest,
  RevocationRequest,
  TokenHttpResponse,
  TokenServer,
} from '@bearings/oauth-bearer/source';
import { Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { UserTokensConfigError } from '../errors.ts';
import { normalizeTokenResponse } from '../providers/normalize-token-response.ts';
import type { UserTokensOptions } from '../user-tokens-options.ts';
import type { ConnectionConfig } from './connection-config.ts';
import { getJson } from './get-json.ts';
import { findProtectedResource } from './protected-resource.ts';

/** How the providers are reached. */
export interface ProviderNetwork extends Pick<UserTokensOptions, 'fetch' | 'network' | 'clock' | 'random'> {
  /** Time limit for one token request with its retries, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** A token request of a user's grant: its params contain neither those of the connection nor those of the client. */
export interface ConnectionRequest extends Omit<GrantRequest, 'adapt'> {
  /** Called with each answer as it came, before it is read. */
  readonly onAnswer?: ((response: TokenHttpResponse) => void) | undefined;
}

/** One connection at work: its server, and the requests to it, with what is particular to the provider. */
export class Connection {
  readonly name: string;
  readonly config: ConnectionConfig;
  /** Absent until the issuer of a protected resource has been found. */
  #endpoint: TokenEndpoint | undefined;
  #resource: string | undefined;
  readonly #network: ProviderNetwork;

  private constructor(name: string, config: ConnectionConfig, network: ProviderNetwork) {
    this.name = name;
    this.config = config;
    this.#network = network;
  }

  /** Checks the config. Nothing is sent. */
  static create(
    name: string,
    config: ConnectionConfig,
    network: ProviderNetwork,
  ): Result<Connection, UserTokensConfigError> {
    const connection = new Connection(name, config, network);
    const { protectedResource, issuerUrl = protectedResource, endpoints } = config;
    return connection
      .#createEndpoint(endpoints === undefined ? issuerUrl : undefined)
      .map((endpoint) => {
        if (protectedResource === undefined) connection.#endpoint = endpoint;
        return connection;
      })
      .mapErr(({ field, message }) => {
        const problem = message.startsWith(`${field} `) ? message.slice(field.length + 1) : message;
        return new UserTokensConfigError(`connections.${name}.${field}`, problem);
      });
  }

  /** The server, discovered at the first use. */
  async server(): Promise<Result<TokenServer, TokenError>> {
    const endpoint = await this.#open();
    return endpoint.isErr() ? endpoint : endpoint.value.server();
  }

  /** The issuer as it is known before anything is sent; the token endpoint in place of one that is not known. */
  get configuredIssuer(): string | undefined {
    return this.config.issuerUrl ?? this.config.endpoints?.token;
  }

  /** The resources that tokens are for (RFC 8707): those of the config, or the protected resource as it names itself. */
  get resources(): readonly string[] {
    const { resource = this.#resource ?? [] } = this.config;
    return typeof resource === 'string' ? [resource] : resource;
  }

  /** Requests a token. */
  async request({ onAnswer, ...grant }: ConnectionRequest): Promise<Result<IssuedToken, TokenError>> {
    const endpoint = await this.#open();
    if (endpoint.isErr()) return endpoint;
    const { tokenParams = {}, defaultTtlMs } = this.config;
    const own = Object.entries(tokenParams);
    const resources = this.resources.map((each): [string, string] => ['resource', each]);
    const issued = await endpoint.value.request({
      ...grant,
      params: [...grant.params, ...resources, ...own],
      adapt: (response) => {
        onAnswer?.(response);
        return normalizeTokenResponse(response, this.config);
      },
    });
    return issued.map((token) => {
      const hasLifetime = (token.extras?.get('expires_in') ?? undefined) !== undefined;
      const isLasting =
        defaultTtlMs === Infinity || (defaultTtlMs === undefined && token.extras?.refreshToken === undefined);
      return isLasting && !hasLifetime ? { ...token, lifetimeMs: Infinity } : token;
    });
  }

  /** Revokes a token (RFC 7009). Answers with false when the server has no endpoint for it. */
  async revoke(revocation: Omit<RevocationRequest, 'url'>): Promise<Result<boolean, TokenError>> {
    const endpoint = await this.#open();
    return endpoint.isErr()
      ? endpoint
      : endpoint.value.revoke({ ...revocation, url: this.config.endpoints?.revocation });
  }

  /** Sends a form to another endpoint of the server, such as the one for devices. */
  async post(request: EndpointRequest): Promise<Result<TokenHttpResponse, TokenError>> {
    const endpoint = await this.#open();
    return endpoint.isErr() ? endpoint : endpoint.value.post(request);
  }

  /** A JSON document of the provider, such as its keys or, with an access token, the user's profile. */
  async getJson(url: string, accessToken?: string): ReturnType<typeof getJson> {
    const { requestTimeoutMs: _, ...network } = this.#network;
    return getJson(url, { ...network, insecureHttp: this.config.insecureHttp ?? false, accessToken });
  }

  /** True when the secret or key is not one that the last request used. */
  async hasChanged(): Promise<boolean> {
    return (await this.#endpoint?.hasChanged()) ?? false;
  }

  async #open(): Promise<Result<TokenEndpoint, TokenError>> {
    if (this.#endpoint !== undefined) return Ok(this.#endpoint);
    const { protectedResource = '', insecureHttp = false } = this.config;
    const found = await findProtectedResource(protectedResource, { ...this.#network, insecureHttp });
    if (found.isErr()) return found;
    const created = this.#createEndpoint(this.config.issuerUrl ?? found.value.issuer);
    if (created.isErr()) return created;
    this.#endpoint = created.value;
    this.#resource = found.value.resource;
    return created;
  }

  #createEndpoint(issuerUrl: string | undefined): ReturnType<typeof TokenEndpoint.create> {
    const { requestTimeoutMs, ...network } = this.#network;
    const { clientId, clientSecret, privateKey, certificate, keyId, signingAlg, ...config } = this.config;
    const { assertionAudience, basicEncoding, clientAuthMethod, endpoints, defaultTtlMs } = config;
    const credential = { clientSecret, privateKey, certificate, keyId, signingAlg, assertionAudience };
    return TokenEndpoint.create({
      ...network,
      ...credential,
      ...(endpoints === undefined ? { issuerUrl } : { tokenEndpoint: endpoints.token }),
      ...(defaultTtlMs !== undefined && defaultTtlMs !== Infinity && { defaultTtlMs }),
      clientId,
      clientAuthMethod,
      basicEncoding,
      insecureHttp: config.insecureHttp ?? false,
      acquireTimeoutMs: requestTimeoutMs,
    });
  }
}
