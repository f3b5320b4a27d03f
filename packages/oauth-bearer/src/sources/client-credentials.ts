import { isClientError } from '@bearings/client';
import type { Client } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { discover } from '@bearings/oidc-discovery';
import type { DiscoveryError } from '@bearings/oidc-discovery';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { chooseAuthMethod, clientAuthentications } from '../client-auth/client-auth.ts';
import type { ClientAuthentication } from '../client-auth/client-auth.ts';
import {
  InvalidTokenResponseError,
  isTokenError,
  TokenConfigError,
  TokenHttpError,
  TokenUnavailableError,
} from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { createTokenClient, sendTokenRequest } from './token-request.ts';
import { parseOAuthError, readTokenResponse } from './token-response.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from './token-source.ts';

/** The authorization server, as far as a token request needs it. */
interface Server {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  /** Without its query, as errors name it. */
  readonly shownEndpoint: string;
  readonly authMethods: readonly string[] | undefined;
}

type Authentications = Awaited<ReturnType<typeof clientAuthentications>>;

interface ClientCredentialsOptions {
  /** False for a source that is one of thousands, each used rarely: a client takes 11 KiB. Default: true. */
  readonly keepsClient?: boolean;
}

/**
 * Issues tokens by the client credentials grant (RFC 6749 §4.4).
 *
 * The token endpoint is discovered once. The secret or key is read at each acquisition. One client sends all requests.
 */
export class ClientCredentials implements TokenSource {
  readonly name: string;
  readonly retry = 'safe';
  readonly #settings: TokenSettings;
  readonly #keepsClient: boolean;
  #client: Client | undefined;
  #server: Server | undefined;
  #used: ClientAuthentication | undefined;
  #tried: unknown[] = [];
  /** Of a credential that cannot change. */
  #authentications: Authentications | undefined;

  constructor(settings: TokenSettings, { keepsClient = true }: ClientCredentialsOptions = {}) {
    const { server } = settings;
    this.#settings = settings;
    this.#keepsClient = keepsClient;
    this.name = new URL('issuerUrl' in server ? server.issuerUrl : server.tokenEndpoint).origin;
  }

  async acquire(options: AcquireOptions): Promise<Result<IssuedToken, TokenError>> {
    try {
      this.#server ??= await findServer(this.#settings);
      return Ok(await this.#request(this.#server, options));
    } catch (cause) {
      return Err(toTokenError(cause));
    }
  }

  /** True when the secret or key is not one that the last request used. */
  async hasChanged(): Promise<boolean> {
    if (this.#server === undefined || !this.#settings.credential.canChange) return false;
    const now = await this.#readAuthentications(this.#server);
    return this.#tried.length > 0 && now.some(({ identity }) => !this.#tried.includes(identity));
  }

  /** @throws TokenError | ClientError */
  async #request(server: Server, { signal, isProbe }: AcquireOptions): Promise<IssuedToken> {
    const { params, headers, clock, scopes, defaultTtlMs } = this.#settings;
    const client = this.#client ?? this.#createClient(server);
    if (this.#keepsClient) this.#client = client;
    this.#tried = [];
    const { tokenEndpoint, shownEndpoint: endpoint } = server;
    const request = { url: tokenEndpoint, endpoint, params, headers, signal, isProbe };
    const response = await sendTokenRequest(client, request, clock);
    const { secrets = [], secret } = this.#used ?? {};
    const issued = readTokenResponse(response, { endpoint, scopes, defaultTtlMs, secrets });
    return secret === undefined ? issued : { ...issued, secret };
  }

  #createClient(server: Server): Client {
    return createTokenClient(
      { ...this.#settings, retry: this.retry },
      {
        read: () => this.#readAuthentications(server),
        isRefused: (_status, body) => parseOAuthError(body) === 'invalid_client',
        onUse: (authentication) => {
          this.#used = authentication;
          this.#tried.push(authentication.identity);
        },
      },
    );
  }

  async #readAuthentications({ authMethods, issuer }: Server): Promise<Authentications> {
    const { credential, clientId, clock } = this.#settings;
    if (this.#authentications !== undefined) return this.#authentications;
    const method = chooseAuthMethod(credential.methods, authMethods);
    const read = await clientAuthentications(method, credential, { clientId, issuer, clock });
    if (!credential.canChange) this.#authentications = read;
    return read;
  }
}

/** @throws TokenError */
async function findServer({ server, insecureHttp, fetch, clock, random }: TokenSettings): Promise<Server> {
  if ('tokenEndpoint' in server) {
    const { tokenEndpoint } = server;
    return { issuer: tokenEndpoint, tokenEndpoint, shownEndpoint: withoutQuery(tokenEndpoint), authMethods: undefined };
  }
  const network = fetch === undefined ? {} : { fetch };
  const found = await discover(server.issuerUrl, { insecureHttp, clock, random, ...network });
  if (found.isErr()) throw fromDiscovery(found.error);
  const { issuer, token_endpoint: tokenEndpoint, token_endpoint_auth_methods_supported: authMethods } = found.value;
  return { issuer, tokenEndpoint, shownEndpoint: withoutQuery(tokenEndpoint), authMethods };
}

const withoutQuery = (url: string): string => url.split('?')[0] ?? url;

function fromDiscovery(error: DiscoveryError): TokenError {
  switch (error.code) {
    case 'HTTP':
      return new TokenHttpError({ endpoint: error.tried.join(' and '), status: error.status }, { cause: error });
    case 'INVALID_RESPONSE':
    case 'ISSUER_MISMATCH':
      return new InvalidTokenResponseError(error.message, { cause: error });
    case 'CONFIG':
      return new TokenConfigError('issuerUrl', 'is not usable', error);
    case 'UNAVAILABLE':
      break;
  }
  return new TokenUnavailableError(error.message, { cause: error });
}

/** Foreign errors may quote what was sent, so only errors of Bearings are kept. */
function toTokenError(cause: unknown): TokenError {
  if (isTokenError(cause)) return cause;
  const known = cause instanceof BearingsError ? cause : undefined;
  if (isClientError(known, 'BODY_TOO_LARGE')) return new InvalidTokenResponseError(known.message, { cause: known });
  return new TokenUnavailableError(known?.message ?? 'The token request could not be sent', { cause: known });
}
