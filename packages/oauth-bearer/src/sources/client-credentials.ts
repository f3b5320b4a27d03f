import { isBearingsError } from '@bearings/client';
import type { Client } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { chooseAuthMethod, clientAuthentications } from '../client-auth/client-auth.ts';
import type { ClientAuthentication } from '../client-auth/client-auth.ts';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { isMoved } from '../remedy.ts';
import { isClientRefused } from './error-response.ts';
import { createTokenClient, sendTokenRequest } from './token-request.ts';
import { readTokenResponse } from './token-response.ts';
import { findServer, isSameServer } from './token-server.ts';
import type { TokenServer } from './token-server.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from './token-source.ts';

type Authentications = Awaited<ReturnType<typeof clientAuthentications>>;

/** The metadata is requested again at most once per minute, whatever the token endpoint answers. */
const rediscoveryPeriodMs = 60_000;

interface ClientCredentialsOptions {
  /** False for a source that is one of thousands, each used rarely: a client takes 11 KiB. Default: true. */
  readonly keepsClient?: boolean;
}

/**
 * Issues tokens by the client credentials grant (RFC 6749 §4.4).
 *
 * The token endpoint is discovered once, and again when it answers that it has moved (a redirect, 404, 405 or 410) or
 * refuses the client's authentication. The secret or key is read at each acquisition. One client sends all requests.
 */
export class ClientCredentials implements TokenSource {
  readonly name: string;
  readonly retry = 'safe';
  readonly #settings: TokenSettings;
  readonly #keepsClient: boolean;
  #client: Client | undefined;
  #server: TokenServer | undefined;
  /** True when the last answer does not fit what was discovered: another endpoint, or another way to authenticate. */
  #isContradicted = false;
  #rediscoveredAt = -Infinity;
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
      return Ok(await this.#requestFrom(this.#server, options));
    } catch (cause) {
      return Err(toTokenError(cause));
    }
  }

  /** When the server has changed since its discovery, the request is sent once more, to what is discovered now. */
  async #requestFrom(server: TokenServer, options: AcquireOptions): Promise<IssuedToken> {
    this.#isContradicted = false;
    try {
      return await this.#request(server, options);
    } catch (cause) {
      const isOutdated = this.#isContradicted || isBearingsError(cause, 'TOKEN_CONFIG');
      const found = isOutdated && !options.signal.aborted ? await this.#rediscover() : undefined;
      if (found === undefined || isSameServer(found, server)) throw cause;
      this.#server = found;
      this.#client = undefined;
      this.#authentications = undefined;
      return await this.#request(found, options);
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

  /** True when the secret or key is not one that the last request used. */
  async hasChanged(): Promise<boolean> {
    if (this.#server === undefined || !this.#settings.credential.canChange) return false;
    const now = await this.#readAuthentications(this.#server);
    return this.#tried.length > 0 && now.some(({ identity }) => !this.#tried.includes(identity));
  }

  /** @throws TokenError | ClientError */
  async #request(server: TokenServer, { signal, isProbe }: AcquireOptions): Promise<IssuedToken> {
    const { params, headers, clock, scopes, defaultTtlMs, bearerTypes } = this.#settings;
    const client = this.#client ?? this.#createClient(server);
    if (this.#keepsClient) this.#client = client;
    this.#tried = [];
    const { tokenEndpoint, shownEndpoint: endpoint } = server;
    const request = { url: tokenEndpoint, endpoint, params, headers, signal, isProbe };
    const response = await sendTokenRequest(client, request, clock);
    const { secrets = [], secret, method: clientAuthMethod } = this.#used ?? {};
    const { status, text } = response;
    this.#isContradicted = status !== 200 && (isMoved(status) || isClientRefused(status, text));
    const context = { endpoint, scopes, defaultTtlMs, bearerTypes, clientAuthMethod, secrets };
    const issued = readTokenResponse(response, context);
    return secret === undefined ? issued : { ...issued, secret };
  }

  #createClient(server: TokenServer): Client {
    return createTokenClient(
      { ...this.#settings, retry: this.retry },
      {
        read: () => this.#readAuthentications(server),
        isRefused: isClientRefused,
        onUse: (authentication) => {
          this.#used = authentication;
          this.#tried.push(authentication.identity);
        },
      },
    );
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

/** Foreign errors may quote what was sent, so only errors of Bearings are kept. */
function toTokenError(cause: unknown): TokenError {
  if (isBearingsError(cause) && cause.source === 'oauth-bearer') return cause;
  const known = cause instanceof BearingsError ? cause : undefined;
  if (isBearingsError(known, 'BODY_TOO_LARGE')) return new InvalidTokenResponseError(known.message, { cause: known });
  return new TokenUnavailableError(known?.message ?? 'the token request could not be sent', { cause: known });
}
