import type { Clock, Layer } from '@bearings/client';
import { TokenEndpoint } from '@bearings/oauth-bearer/source';
import type { GrantRequest, RevocationRequest, TokenHttpResponse, TokenServer } from '@bearings/oauth-bearer/source';
import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import { UserTokensConfigError } from '../errors.ts';
import { normalizeTokenResponse } from '../providers/normalize-token-response.ts';
import type { ConnectionConfig } from './connection-config.ts';

/** How the providers are reached. */
export interface ConnectionNetwork {
  readonly fetch?: typeof globalThis.fetch | undefined;
  readonly network?: Layer | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** Time limit for one token request with its retries, in milliseconds. */
  readonly requestTimeoutMs: number;
}

/** A token request of a connection: what is the same for all is added to it. */
export interface ConnectionRequest extends Omit<GrantRequest, 'adapt' | 'bodyFormat'> {
  /** Called with each answer that is read, before it is adapted. */
  readonly onAnswer?: ((response: TokenHttpResponse) => void) | undefined;
}

const defaultTtlMs = 300_000;

/** One client registration at one provider, checked, with its token endpoint. */
export class Connection {
  readonly name: string;
  readonly config: ConnectionConfig;
  /** What a grant is bound to. Without an issuer, the token endpoint. */
  readonly issuer: string;
  readonly #endpoint: TokenEndpoint;

  private constructor(name: string, config: ConnectionConfig, endpoint: TokenEndpoint) {
    this.name = name;
    this.config = config;
    this.issuer = config.issuerUrl ?? config.endpoints?.token ?? '';
    this.#endpoint = endpoint;
  }

  /** Checks a connection. Nothing is sent. */
  static create(
    name: string,
    config: ConnectionConfig,
    { requestTimeoutMs: acquireTimeoutMs, fetch, ...network }: ConnectionNetwork,
  ): Result<Connection, UserTokensConfigError> {
    const { clientId, clientSecret, privateKey, certificate, keyId, signingAlg, assertionAudience } = config;
    const { basicEncoding, clientAuthMethod, issuerUrl, endpoints, insecureHttp = false } = config;
    const credential = { clientSecret, privateKey, certificate, keyId, signingAlg, assertionAudience, basicEncoding };
    const server = endpoints === undefined ? { issuerUrl } : { tokenEndpoint: endpoints.token };
    const client = { clientId, ...credential, clientAuthMethod, insecureHttp, acquireTimeoutMs, defaultTtlMs };
    return TokenEndpoint.create({ ...server, ...client, ...network, ...(fetch && { fetch }) })
      .map((endpoint) => new Connection(name, config, endpoint))
      .mapErr(
        ({ field, message }) => new UserTokensConfigError(`connections.${name}.${field}`, afterField(message, field)),
      );
  }

  /** The provider's endpoints, discovered once. */
  async server(): Promise<Result<TokenServer, TokenError>> {
    return this.#endpoint.server();
  }

  /** Requests a token. The answer is read as the provider's description says. */
  async request({ params, onAnswer, ...request }: ConnectionRequest): Promise<Result<IssuedToken, TokenError>> {
    const { resource = [], tokenParams = {}, tokenBody: bodyFormat } = this.config;
    const resources = [resource].flat().map((each): [string, string] => ['resource', each]);
    const issued = await this.#endpoint.request({
      ...request,
      bodyFormat,
      params: [...params, ...resources, ...Object.entries(tokenParams)],
      adapt: (response: TokenHttpResponse) => {
        onAnswer?.(response);
        return normalizeTokenResponse(response, this.config);
      },
    });
    return issued.map((token) => this.#withLifetime(token));
  }

  /** Revokes a token. Answers with false when the provider has no revocation endpoint. */
  async revoke(request: Omit<RevocationRequest, 'url'>): Promise<Result<boolean, TokenError>> {
    return this.#endpoint.revoke({ ...request, url: this.config.endpoints?.revocation });
  }

  /** An answer without `expires_in`: as the description says; else a token that cannot be refreshed does not expire. */
  #withLifetime(token: IssuedToken): IssuedToken {
    const expiresIn = token.extras?.get('expires_in');
    if (expiresIn !== undefined && expiresIn !== null) return token;
    const isLasting = token.extras?.refreshToken === undefined;
    return { ...token, lifetimeMs: this.config.defaultTtlMs ?? (isLasting ? Infinity : defaultTtlMs) };
  }
}

const afterField = (message: string, field: string): string =>
  message.startsWith(`${field} `) ? message.slice(field.length + 1) : message;
