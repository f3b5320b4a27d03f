import { isBearingsError } from '@bearings/client';
import type { RetryOptions } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { chooseAuthMethod, clientAuthentications } from '../client-auth/client-auth.ts';
import type { ClientAuthentication } from '../client-auth/client-auth.ts';
import type { BodyFormat } from '../client-auth/client-auth-layer.ts';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { TokenConfigError, TokenError } from '../errors.ts';
import { isMoved } from '../remedy.ts';
import { readTokenConfig } from '../token/token-config.ts';
import type { TokenConfig, TokenSettings } from '../token/token-config.ts';
import { isClientRefused, toHttpError } from './error-response.ts';
import type { ErrorContext } from './error-response.ts';
import { sendTokenRequest } from './token-request.ts';
import { TokenSender } from './token-sender.ts';
import type { TokenHttpResponse } from './token-request.ts';
import { readTokenResponse } from './token-response.ts';
import { findServer, isSameServer } from './token-server.ts';
import type { TokenServer } from './token-server.ts';
import type { AcquireOptions, IssuedToken, RetryClass } from './token-source.ts';

type Authentications = Awaited<ReturnType<typeof clientAuthentications>>;

/** The metadata is requested again at most once per minute, whatever the token endpoint answers. */
const rediscoveryPeriodMs = 60_000;

/** One token request (RFC 6749 §4). */
export interface GrantRequest extends Pick<AcquireOptions, 'signal' | 'isProbe'> {
  /** All parameters but those of client authentication. */
  readonly params: readonly [string, string][];
  readonly retry: RetryClass;
  /** The scopes that are granted when the answer has no `scope`. */
  readonly scopes: readonly string[];
  /** How the body is written. Default: `form` (RFC 6749 §3.2). */
  readonly bodyFormat?: BodyFormat | undefined;
  /** Rewrites the answer of a server that does not follow the standard, before it is read. Default: none. */
  readonly adapt?: ((response: TokenHttpResponse) => TokenHttpResponse) | undefined;
  /** Called before the request is sent again, with what ended the attempt before. */
  readonly onRetry?: RetryOptions['onRetry'];
}

/** One revocation (RFC 7009 §2.1). */
export interface RevocationRequest {
  readonly token: string;
  readonly tokenTypeHint: 'access_token' | 'refresh_token';
  /** Default: the one in the metadata. */
  readonly url?: string | undefined;
  readonly signal: AbortSignal;
}

/** How an endpoint sends its requests. */
export interface TokenEndpointOptions {
  /** False for one of thousands, each used rarely: a client takes 11 KiB. Default: true. */
  readonly keepsClient?: boolean;
}

/** A request to an endpoint that is not the token endpoint, such as that of RFC 8628 §3.1. */
export interface EndpointRequest extends Pick<GrantRequest, 'params' | 'signal'> {
  readonly url: string;
}

/** What one request was sent with. */
interface Exchange {
  readonly response: TokenHttpResponse;
  readonly used: ClientAuthentication | undefined;
  readonly context: ErrorContext;
}

interface Draft extends Pick<GrantRequest, 'params' | 'retry' | 'signal' | 'isProbe' | 'bodyFormat' | 'onRetry'> {
  readonly url: string;
}

/**
 * The token endpoint of an authorization server, and a client that authenticates there. Any number of requests may be in
 * flight.
 *
 * The endpoint is discovered once, and again when it answers that it has moved (a redirect, 404, 405 or 410) or refuses
 * the client's authentication. The secret or key is read at each request.
 */
export class TokenEndpoint {
  /** The origin of the server. */
  readonly name: string;
  readonly #settings: TokenSettings;
  readonly #keepsClient: boolean;
  /** The sender of the last request, while no request uses it. */
  #idle: TokenSender | undefined;
  #server: TokenServer | undefined;
  #rediscoveredAt = -Infinity;
  /** What the last request was sent with. */
  #tried: readonly ClientAuthentication[] = [];
  /** Of a credential that cannot change. */
  #authentications: Authentications | undefined;

  constructor(settings: TokenSettings, { keepsClient = true }: TokenEndpointOptions = {}) {
    const { server } = settings;
    this.#settings = settings;
    this.#keepsClient = keepsClient;
    this.name = new URL('issuerUrl' in server ? server.issuerUrl : server.tokenEndpoint).origin;
  }

  /** Checks the config. Nothing is sent. */
  static create(config: TokenConfig): Result<TokenEndpoint, TokenConfigError> {
    return readTokenConfig(config).map((settings) => new TokenEndpoint(settings));
  }

  /** The server, as it was discovered. */
  async server(): Promise<Result<TokenServer, TokenError>> {
    try {
      return Ok(await this.#findServer());
    } catch (cause) {
      return Err(toTokenError(cause));
    }
  }

  /** Requests a token. */
  async request(grant: GrantRequest): Promise<Result<IssuedToken, TokenError>> {
    try {
      return Ok(await this.#requestFrom(this.#server ?? (await this.#findServer()), grant));
    } catch (cause) {
      return Err(toTokenError(cause));
    }
  }

  /** Revokes a token. Answers with false when the server has no revocation endpoint. */
  async revoke({ token, tokenTypeHint, url, signal }: RevocationRequest): Promise<Result<boolean, TokenError>> {
    const server = await this.server();
    if (server.isErr()) return server;
    const endpoint = url ?? server.value.metadata?.['revocation_endpoint'];
    if (typeof endpoint !== 'string') return Ok(false);
    const params: [string, string][] = [
      ['token', token],
      ['token_type_hint', tokenTypeHint],
    ];
    return (await this.post({ url: endpoint, params, signal })).map(() => true);
  }

  /** Sends a form to another endpoint of the server, with the client's authentication. Any status but 200 is an error. */
  async post({ url, params, signal }: EndpointRequest): Promise<Result<TokenHttpResponse, TokenError>> {
    try {
      const server = await this.#findServer();
      const { response, context } = await this.#send(server, { url, params, retry: 'safe', signal, isProbe: false });
      return response.status === 200 ? Ok(response) : Err(toHttpError(response, context));
    } catch (cause) {
      return Err(toTokenError(cause));
    }
  }

  /** True when the secret or key is not one that the last request used. */
  async hasChanged(): Promise<boolean> {
    if (this.#server === undefined || !this.#settings.credential.canChange) return false;
    const now = await this.#readAuthentications(this.#server);
    return (
      this.#tried.length > 0 && now.some(({ identity }) => this.#tried.every((each) => each.identity !== identity))
    );
  }

  async #findServer(): Promise<TokenServer> {
    this.#server ??= await findServer(this.#settings);
    return this.#server;
  }

  /** When the server has changed since its discovery, the request is sent once more, to what is discovered now. */
  async #requestFrom(server: TokenServer, grant: GrantRequest): Promise<IssuedToken> {
    let isContradicted = false;
    try {
      const exchange = await this.#send(server, { ...grant, url: server.tokenEndpoint });
      const { status, text } = exchange.response;
      isContradicted = status !== 200 && (isMoved(status) || isClientRefused(status, text));
      return this.#read(exchange, grant);
    } catch (cause) {
      const isOutdated = isContradicted || isBearingsError(cause, 'TOKEN_CONFIG');
      const found = isOutdated && !grant.signal.aborted ? await this.#rediscover() : undefined;
      if (found === undefined || isSameServer(found, server)) throw cause;
      this.#server = found;
      this.#authentications = undefined;
      return this.#read(await this.#send(found, { ...grant, url: found.tokenEndpoint }), grant);
    }
  }

  /** The server as it is now; `undefined` too soon after the last time, or when discovery fails. */
  async #rediscover(): Promise<TokenServer | undefined> {
    const nowMs = this.#settings.clock.now();
    const isTooSoon = Math.abs(nowMs - this.#rediscoveredAt) < rediscoveryPeriodMs;
    if (isTooSoon || 'tokenEndpoint' in this.#settings.server) return undefined;
    this.#rediscoveredAt = nowMs;
    try {
      return await findServer(this.#settings, rediscoveryPeriodMs);
    } catch {
      return undefined; // the token endpoint's answer says more than this error
    }
  }

  async #send(server: TokenServer, draft: Draft): Promise<Exchange> {
    const { url, params, retry, signal, isProbe } = draft;
    const { headers, clock } = this.#settings;
    const sender = this.#takeSender(server, draft);
    const endpoint = url.split('?')[0] ?? url;
    try {
      const request = { url, endpoint, params, headers, signal, retry: isProbe ? 'never' : retry };
      const response = await sendTokenRequest(sender.client, request, clock);
      const used = sender.tried.at(-1);
      const secrets = [...sender.tried.flatMap((each) => each.secrets), ...secretValues(params)];
      // one whose request failed may still be busy with it
      if (this.#keepsClient) this.#idle = sender;
      return { response, used, context: { endpoint, secrets, clientAuthMethod: used?.method } };
    } finally {
      this.#tried = sender.tried;
    }
  }

  /** The idle sender, or a new one when there is none that fits. */
  #takeSender(server: TokenServer, { bodyFormat, onRetry }: Draft): TokenSender {
    const purpose = { server, bodyFormat };
    const sender = this.#idle?.isFor(purpose)
      ? this.#idle
      : new TokenSender(purpose, this.#settings, () => this.#readAuthentications(server));
    this.#idle = undefined;
    sender.begin(onRetry);
    return sender;
  }

  /** @throws TokenHttpError | InvalidTokenResponseError | UnsupportedTokenTypeError */
  #read({ response, used, context }: Exchange, { scopes, adapt }: GrantRequest): IssuedToken {
    const { defaultTtlMs, bearerTypes } = this.#settings;
    const adapted = adapt === undefined ? response : adapt(response);
    const issued = readTokenResponse(adapted, { ...context, scopes, defaultTtlMs, bearerTypes });
    return used?.secret === undefined ? issued : { ...issued, secret: used.secret };
  }

  async #readAuthentications({ authMethods, issuer }: TokenServer): Promise<Authentications> {
    const { credential, clientId, clock } = this.#settings;
    if (this.#authentications !== undefined) return this.#authentications;
    const method = chooseAuthMethod(credential.methods, authMethods);
    const read = await clientAuthentications(method, credential, { clientId, issuer, clock });
    if (!credential.canChange) this.#authentications = read;
    return read;
  }
}

const secretParams: ReadonlySet<string> = new Set(['refresh_token', 'code', 'code_verifier', 'device_code', 'token']);

/** What a server must not be quoted with. */
const secretValues = (params: Draft['params']): readonly string[] =>
  params.flatMap(([name, value]) => (secretParams.has(name) ? [value] : []));

/** Foreign errors may quote what was sent, so only errors of Bearings are kept. */
function toTokenError(cause: unknown): TokenError {
  if (isBearingsError(cause) && cause.source === 'oauth-bearer') return cause;
  const known = cause instanceof BearingsError ? cause : undefined;
  if (isBearingsError(known, 'BODY_TOO_LARGE')) return new InvalidTokenResponseError(known.message, { cause: known });
  return new TokenUnavailableError(known?.message ?? 'the token request could not be sent', { cause: known });
}
