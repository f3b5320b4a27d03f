import { TokenConfigError, TokenUnavailableError } from '@bearings/oauth-bearer';
import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import {
  DpopKeys,
  InvalidTokenResponseError,
  ReauthorizationRequiredError,
  TokenEndpoint,
} from '@bearings/oauth-bearer/source';
import type {
  EndpointRequest,
  GrantRequest,
  RevocationRequest,
  ServerOptions,
  TokenHttpResponse,
  TokenServer,
} from '@bearings/oauth-bearer/source';
import { discoverResource } from '@bearings/oidc-discovery';
import type { ResourceMetadata } from '@bearings/oidc-discovery';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { UserTokensConfigError } from '../errors.ts';
import { normalizeTokenResponse } from '../providers/normalize-token-response.ts';
import type { ConnectionConfig } from './connection-config.ts';
import type { ConnectionNetwork } from './connection-network.ts';
import { getJson } from './get-json.ts';

/** A token request of a connection: what is the same for all is added to it. */
export interface ConnectionRequest extends Omit<GrantRequest, 'adapt' | 'bodyFormat'> {
  /** The issuer that the grant is bound to: nothing is sent to another. Default: any. */
  readonly issuer?: string | undefined;
  /** Called with each answer that is read: as it came, and adapted. */
  readonly onAnswer?: ((response: TokenHttpResponse, adapted: TokenHttpResponse) => void) | undefined;
}

const defaultTtlMs = 300_000;

/** One client registration at one provider, checked, with its token endpoint. */
export class Connection {
  readonly name: string;
  readonly config: ConnectionConfig;
  /** The keys that tokens are bound to. */
  readonly dpopKeys: DpopKeys;
  readonly #network: ConnectionNetwork;
  /** Absent until the issuer of a protected resource has been found. */
  #endpoint: TokenEndpoint | undefined;
  #resource: string | undefined;

  private constructor(name: string, config: ConnectionConfig, network: ConnectionNetwork) {
    this.name = name;
    this.config = config;
    this.dpopKeys = new DpopKeys(config.dpop, network.clock);
    this.#network = network;
  }

  /** Checks a connection. Nothing is sent. */
  static create(
    name: string,
    config: ConnectionConfig,
    network: ConnectionNetwork,
  ): Result<Connection, UserTokensConfigError> {
    const { protectedResource, issuerUrl = protectedResource } = config;
    if (issuerUrl === undefined && config.endpoints === undefined) {
      const problem = 'is missing: set it, or endpoints or protectedResource, or spread a preset';
      return Err(new UserTokensConfigError(`connections.${name}.issuerUrl`, problem));
    }
    return construct(() => new Connection(name, config, network))
      .andThen((connection) =>
        connection.#createEndpoint(issuerUrl).map((endpoint) => {
          if (protectedResource === undefined) connection.#endpoint = endpoint;
          return connection;
        }),
      )
      .mapErr(
        ({ field, message }) => new UserTokensConfigError(`connections.${name}.${field}`, afterField(message, field)),
      );
  }

  /** True for a client without authentication: its refresh tokens are bound to its key (RFC 9449 §5). */
  get isPublic(): boolean {
    const { clientSecret, privateKey, clientAssertion, certificate, clientAuthMethod = 'none' } = this.config;
    const secrets = [clientSecret, privateKey, clientAssertion, certificate];
    // the certificate of a TLS method is that of the network (RFC 8705 §2)
    return clientAuthMethod === 'none' && secrets.every((each) => each === undefined);
  }

  /** What a grant is bound to. Without an issuer, the token endpoint; `undefined` where it has to be discovered. */
  get issuer(): string | undefined {
    return this.config.issuerUrl ?? this.config.endpoints?.token;
  }

  /** The resources that tokens are for (RFC 8707): those of the config, or the protected resource as it names itself. */
  get resources(): readonly string[] {
    const { resource = this.#resource ?? [] } = this.config;
    return [resource].flat();
  }

  /** The provider's endpoints, discovered once; with `isDpop`, those of one that issues DPoP tokens, as far as is known. */
  async server(options?: ServerOptions): Promise<Result<TokenServer, TokenError>> {
    const endpoint = await this.#open();
    return endpoint.isErr() ? endpoint : endpoint.value.server(options);
  }

  /** Requests a token. The answer is read as the provider's description says. */
  async request({ params, onAnswer, issuer, ...request }: ConnectionRequest): Promise<Result<IssuedToken, TokenError>> {
    const endpoint = await this.#open();
    if (endpoint.isErr()) return endpoint;
    if (issuer !== undefined && this.issuer === undefined) {
      const server = await endpoint.value.server();
      if (server.isErr()) return server;
      if (server.value.issuer !== issuer) {
        return Err(new ReauthorizationRequiredError({ connection: this.name, reason: 'client_changed' }));
      }
    }
    const { tokenParams = {}, tokenBody: bodyFormat } = this.config;
    const resources = this.resources.map((each): [string, string] => ['resource', each]);
    const issued = await endpoint.value.request({
      ...request,
      bodyFormat,
      params: [...params, ...resources, ...Object.entries(tokenParams)],
      adapt: (response: TokenHttpResponse) => {
        const adapted = normalizeTokenResponse(response, this.config);
        onAnswer?.(response, adapted);
        return adapted;
      },
    });
    return issued.map((token) => this.#withLifetime(token));
  }

  /** Revokes a token. Answers with false when the provider has no revocation endpoint. */
  async revoke(request: Omit<RevocationRequest, 'url'>): Promise<Result<boolean, TokenError>> {
    const endpoint = await this.#open();
    return endpoint.isErr() ? endpoint : endpoint.value.revoke({ ...request, url: this.config.endpoints?.revocation });
  }

  /** Sends a form to another endpoint of the server, such as the one for devices. */
  async post(request: EndpointRequest): Promise<Result<TokenHttpResponse, TokenError>> {
    const endpoint = await this.#open();
    return endpoint.isErr() ? endpoint : endpoint.value.post(request);
  }

  /** A JSON document of the provider, such as its keys or, with a token, the user's profile. */
  async getJson(url: string, issued?: IssuedToken): ReturnType<typeof getJson> {
    const { requestTimeoutMs: _, ...network } = this.#network;
    return getJson(url, { ...network, insecureHttp: this.config.insecureHttp ?? false, issued });
  }

  /** An answer without `expires_in`: as the description says; else a token that cannot be refreshed does not expire. */
  #withLifetime(token: IssuedToken): IssuedToken {
    const expiresIn = token.extras?.get('expires_in');
    if (expiresIn !== undefined && expiresIn !== null) return token;
    const isLasting = token.extras?.refreshToken === undefined;
    return { ...token, lifetimeMs: this.config.defaultTtlMs ?? (isLasting ? Infinity : defaultTtlMs) };
  }

  async #open(): Promise<Result<TokenEndpoint, TokenError>> {
    if (this.#endpoint !== undefined) return Ok(this.#endpoint);
    const resource = await this.#findResource();
    if (resource.isErr()) return resource;
    const [issuer] = resource.value.authorization_servers;
    const created = this.#createEndpoint(this.config.issuerUrl ?? issuer);
    if (created.isErr()) return created;
    this.#endpoint = created.value;
    this.#resource = resource.value.resource;
    return created;
  }

  /** A failure is not kept: the next use asks again. */
  async #findResource(): Promise<Result<ResourceMetadata, TokenError>> {
    const { requestTimeoutMs: _, fetch, ...network } = this.#network;
    const { protectedResource = '', insecureHttp = false } = this.config;
    const found = await discoverResource(protectedResource, { ...network, ...(fetch && { fetch }), insecureHttp });
    return found.mapErr((cause) => {
      const isOutage = cause.code === 'DISCOVERY_UNAVAILABLE' || cause.code === 'DISCOVERY_HTTP';
      return isOutage
        ? new TokenUnavailableError(cause.message, { cause })
        : new InvalidTokenResponseError(cause.message, { cause });
    });
  }

  #createEndpoint(issuerUrl: string | undefined): ReturnType<typeof TokenEndpoint.create> {
    const { requestTimeoutMs: acquireTimeoutMs, fetch, ...network } = this.#network;
    const { clientId, clientSecret, privateKey, clientAssertion, certificate, keyId, signingAlg } = this.config;
    const { assertionAudience, basicEncoding, clientAuthMethod, endpoints, insecureHttp = false } = this.config;
    const secrets = { clientSecret, privateKey, clientAssertion, certificate };
    const credential = { ...secrets, keyId, signingAlg, assertionAudience, basicEncoding };
    const server = endpoints === undefined ? { issuerUrl } : { tokenEndpoint: endpoints.token };
    const client = { clientId, ...credential, clientAuthMethod, insecureHttp, acquireTimeoutMs, defaultTtlMs };
    return TokenEndpoint.create({ ...server, ...client, ...network, ...(fetch && { fetch }) });
  }
}

/** @returns the error of a key that cannot be used */
function construct(make: () => Connection): Result<Connection, TokenConfigError> {
  try {
    return Ok(make());
  } catch (cause) {
    if (cause instanceof TokenConfigError) return Err(cause);
    throw cause;
  }
}

const afterField = (message: string, field: string): string =>
  message.startsWith(`${field} `) ? message.slice(field.length + 1) : message;
