import { isBearingsError } from '@bearings/client';
import type { RetryOptions } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { chooseAuthMethod, clientAuthentications } from '../client-auth/client-auth.ts';
import type { ClientAuthentication } from '../client-auth/client-auth.ts';
import { readBoundCertificate } from '../client-auth/client-certificate.ts';
import type { DpopKey } from '../dpop/dpop-key.ts';
import type { BodyFormat } from '../client-auth/client-auth-layer.ts';
import type { TokenConfigError, TokenError } from '../errors.ts';
import { isMoved } from '../remedy.ts';
import { readTokenConfig } from '../token/token-config.ts';
import type { TokenConfig, TokenSettings } from '../token/token-config.ts';
import { secretValues, toTokenError } from './endpoint-error.ts';
import { isClientRefused, toHttpError } from './error-response.ts';
import type { ErrorContext } from './error-response.ts';
import type { RevocationRequest } from './revocation-request.ts';
import { DiscoveredServer } from './discovered-server.ts';
import { requireDpop } from './require-dpop.ts';
import { sendTokenRequest } from './token-request.ts';
import { TokenSender } from './token-sender.ts';
import type { TokenHttpResponse } from './token-request.ts';
import type { TokenEndpointOptions } from './token-endpoint-options.ts';
import { readTokenResponse } from './token-response.ts';
import type { ResponseContext } from './token-response.ts';
import type { TokenServer } from './token-server.ts';
import type { AcquireOptions, IssuedToken, RetryClass } from './token-source.ts';

type Authentications = Awaited<ReturnType<typeof clientAuthentications>>;

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
  /** The key that the token is bound to. Default: that of the config. */
  readonly dpopKey?: DpopKey | undefined;
}

/** A request to an endpoint that is not the token endpoint, such as that of RFC 8628 §3.1. */
export interface EndpointRequest extends Pick<GrantRequest, 'params' | 'signal'> {
  readonly url: string;
}

/** What the server is needed for. */
export interface ServerOptions {
  /** True for tokens that are bound to a key (RFC 9449). Default: false. */
  readonly isDpop?: boolean;
}

/** What one request was sent with. */
interface Exchange {
  readonly response: TokenHttpResponse;
  readonly used: ClientAuthentication | undefined;
  readonly context: ErrorContext & Pick<ResponseContext, 'certificates'>;
}

type Draft = Omit<GrantRequest, 'scopes' | 'adapt'> & Pick<EndpointRequest, 'url'>;

/**
 * The token endpoint of an authorization server, and a client that authenticates there. Any number of requests may be in
 * flight.
 *
 * The endpoint is discovered once, and again when it answers that it has moved (a redirect, 404, 405 or 410), when it refuses
 * the client's authentication, or when its metadata excludes the client (`TOKEN_CONFIG`). The secret or key is read at each request.
 */
export class TokenEndpoint {
  /** The origin of the server. */
  readonly name: string;
  readonly #settings: TokenSettings;
  readonly #keepsClient: boolean;
  /** The sender of the last request, while no request uses it. */
  #idle: TokenSender | undefined;
  readonly #server: DiscoveredServer;
  /** What the last request was sent with. */
  #tried: readonly ClientAuthentication[] = [];
  /** Of a credential that cannot change, for one server. */
  #authentications: { readonly server: TokenServer; readonly read: Authentications } | undefined;

  constructor(settings: TokenSettings, { keepsClient = true }: TokenEndpointOptions = {}) {
    const { server } = settings;
    this.#settings = settings;
    this.#keepsClient = keepsClient;
    this.#server = new DiscoveredServer(settings);
    this.name = new URL('issuerUrl' in server ? server.issuerUrl : server.tokenEndpoint).origin;
  }

  /** Checks the config. Nothing is sent. */
  static create(config: TokenConfig): Result<TokenEndpoint, TokenConfigError> {
    return readTokenConfig(config).map((settings) => new TokenEndpoint(settings));
  }

  /** The server, as it was discovered. With `isDpop`, one that issues DPoP tokens, as a token request needs it. */
  async server({ isDpop = false }: ServerOptions = {}): Promise<Result<TokenServer, TokenError>> {
    try {
      return Ok(await (isDpop ? this.#server.findWithDpop() : this.#server.find()));
    } catch (cause) {
      return Err(this.#toError(cause));
    }
  }

  /** Requests a token. */
  async request(grant: GrantRequest): Promise<Result<IssuedToken, TokenError>> {
    try {
      return Ok(await this.#requestFrom(this.#server.known ?? (await this.#server.find()), grant));
    } catch (cause) {
      return Err(this.#toError(cause));
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
      const server = await this.#server.find();
      const { response, context } = await this.#send(server, { url, params, retry: 'safe', signal, isProbe: false });
      return response.status === 200 ? Ok(response) : Err(toHttpError(response, context));
    } catch (cause) {
      return Err(this.#toError(cause));
    }
  }

  /** True when the secret or key is not one that the last request used. */
  async hasChanged(): Promise<boolean> {
    const { known } = this.#server;
    if (known === undefined || !this.#settings.credential.canChange) return false;
    const now = await this.#readAuthentications(known);
    return (
      this.#tried.length > 0 && now.some(({ identity }) => this.#tried.every((each) => each.identity !== identity))
    );
  }

  #toError(cause: unknown): TokenError {
    return toTokenError(cause, { hasCertificate: this.#settings.certificate !== undefined });
  }

  /** When the server has changed since its discovery, the request is sent once more, to what is discovered now. */
  async #requestFrom(server: TokenServer, grant: GrantRequest): Promise<IssuedToken> {
    let isContradicted = false;
    try {
      const exchange = await this.#exchange(server, grant);
      const { status, text } = exchange.response;
      isContradicted = status !== 200 && (isMoved(status) || isClientRefused(status, text));
      return this.#read(exchange, grant);
    } catch (cause) {
      const isOutdated = isContradicted || isBearingsError(cause, 'TOKEN_CONFIG');
      const found = isOutdated && !grant.signal.aborted ? await this.#server.findAgain(server) : undefined;
      if (found === undefined) throw cause;
      return this.#read(await this.#exchange(found, grant), grant);
    }
  }

  async #exchange(server: TokenServer, grant: GrantRequest): Promise<Exchange> {
    if ((grant.dpopKey ?? this.#settings.dpopKey) !== undefined) requireDpop(server);
    return this.#send(server, { ...grant, url: server.tokenEndpoint });
  }

  async #send(server: TokenServer, draft: Draft): Promise<Exchange> {
    const { url, params, retry, signal, isProbe } = draft;
    const { headers, clock, certificate } = this.#settings;
    const readCertificates = await readBoundCertificate(certificate);
    const sender = this.#takeSender(server, draft);
    const endpoint = url.split('?')[0] ?? url;
    try {
      const request = { url, endpoint, params, headers, signal, retry: isProbe ? 'never' : retry };
      const response = await sendTokenRequest(sender.client, request, clock);
      const used = sender.tried.at(-1);
      const secrets = [...sender.tried.flatMap((each) => each.secrets), ...secretValues(params)];
      const certificates = await readCertificates?.();
      // one whose request failed may still be busy with it
      if (this.#keepsClient) this.#idle = sender;
      const [, grantType] = params.find(([name]) => name === 'grant_type') ?? [];
      const context = { endpoint, secrets, clientAuthMethod: used?.method, grantType, certificates };
      return { response, used, context };
    } finally {
      this.#tried = sender.tried;
    }
  }

  /** The idle sender, or a new one when there is none that fits. */
  #takeSender(server: TokenServer, { bodyFormat, onRetry, dpopKey = this.#settings.dpopKey }: Draft): TokenSender {
    const purpose = { server, bodyFormat };
    const sender = this.#idle?.isFor(purpose)
      ? this.#idle
      : new TokenSender(purpose, this.#settings, () => this.#readAuthentications(server));
    this.#idle = undefined;
    sender.begin({ onRetry, dpopKey });
    return sender;
  }

  /** @throws TokenHttpError | InvalidTokenResponseError | UnsupportedTokenTypeError */
  #read({ response, used, context }: Exchange, grant: GrantRequest): IssuedToken {
    const { defaultTtlMs, bearerTypes, certificate } = this.#settings;
    const { scopes, adapt, dpopKey = this.#settings.dpopKey } = grant;
    const adapted = adapt === undefined ? response : adapt(response);
    const isDpop = dpopKey !== undefined;
    const isBound = certificate?.isBound === true;
    const read = readTokenResponse(adapted, { ...context, scopes, defaultTtlMs, bearerTypes, isDpop });
    const bound = isDpop ? { scheme: 'DPoP' as const, dpopKey } : isBound && { isCertificateBound: true };
    const issued: IssuedToken = { ...read, ...bound };
    if (used === undefined) return issued;
    const request = { grantType: context.grantType ?? '', clientAuthMethod: used.method };
    return { ...issued, request, ...(used.secret !== undefined && { secret: used.secret }) };
  }

  async #readAuthentications(server: TokenServer): Promise<Authentications> {
    const { authMethods, issuer } = server;
    const { credential, clientId, clock, grant, certificate } = this.#settings;
    if (this.#authentications?.server === server) return this.#authentications.read;
    const method = chooseAuthMethod(credential.methods, authMethods);
    const read = await clientAuthentications(method, credential, {
      clientId,
      issuer,
      clock,
      namesClient: grant?.namesClient ?? true,
      readThumbprint: certificate?.readThumbprint,
    });
    if (!credential.canChange) this.#authentications = { server, read };
    return read;
  }
}
