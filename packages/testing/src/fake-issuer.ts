import type { Clock } from '@bearings/client';
import { jsonAnswer, textAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { RegisteredClient } from './client-authentication.ts';
import { FakeServer } from './fake-server.ts';
import type { IssuerFaultContext } from './fault.ts';
import { issuedTokens } from './issued-tokens.ts';
import type { Introspection } from './issued-tokens.ts';
import type { IssuerEndpoint } from './issuer-endpoint.ts';
import type { LoggedRequest } from './logged-request.ts';
import { serverClock } from './server-clock.ts';
import { grantToken } from './token-endpoint.ts';
import type { TokenDesk } from './token-endpoint.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What an issuer is like. */
export interface FakeIssuerOptions {
  /** Its name, until it listens; a path stays. Default: `https://issuer.test`. */
  readonly issuerUrl?: string;
  /** Who may ask. Default: one client, {@link FakeIssuer.credentials}. */
  readonly clients?: readonly [RegisteredClient, ...RegisteredClient[]];
  /** How long a token lives, in milliseconds. Default: 1 h. */
  readonly tokenLifetimeMs?: number;
  /** `jwt`: signed, as RFC 9068 says. `opaque`: a name that only the issuer knows. Default: `jwt`. */
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** What opaque tokens are called, counting from 1. Default: `opaque-token-1` and so on. */
  readonly opaqueToken?: (count: number) => string;
  /** Its time. A virtual clock's outside time is taken, so the client's own clock may be wrong. Default: the system's. */
  readonly clock?: Clock | VirtualClock;
}

/** What `Token.create` needs to ask this issuer. */
export interface Credentials {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How often an issuer was asked, and what it said. */
export interface IssuerCounts {
  readonly metadata: number;
  readonly jwks: number;
  readonly token: number;
  /** Token requests answered with 200. */
  readonly granted: number;
  /** Token requests answered with another status. */
  readonly refused: number;
}

/** A token that must be asked for its value, such as an `AccessToken`. */
export interface Revealable {
  readonly secret: { expose(): string };
}

const someClient: RegisteredClient = { clientId: 'test-client', clientSecret: 'test-client-secret' };

/**
 * An issuer that grants client credentials as a real one does: metadata, client authentication, lifetimes, keys; and
 * that goes wrong as told.
 */
export function fakeIssuer(options: FakeIssuerOptions = {}): FakeIssuer {
  return new FakeIssuer(options);
}

/** An authorization server for tests. */
export class FakeIssuer extends FakeServer<IssuerFaultContext> {
  readonly #path: string;
  readonly #desk: TokenDesk;

  constructor(options: FakeIssuerOptions) {
    const { issuerUrl = 'https://issuer.test', clients = [someClient], tokenLifetimeMs = 3_600_000 } = options;
    const { tokenFormat = 'jwt', opaqueToken = (count) => `opaque-token-${count}` } = options;
    const clock = serverClock(options.clock);
    const { origin, pathname } = new URL(issuerUrl);
    const paths = pathsOf(pathname);
    const endpointOf = ({ url }: Request): IssuerEndpoint | undefined => paths.get(new URL(url).pathname);
    super({
      origin,
      clock,
      endpoints: ['token', 'metadata', 'jwks'],
      endpointOf,
      answer: (request) => this.#answer(endpointOf(request), request),
      stage: (scene) => ({ ...scene, rotateKeys: () => this.rotateKeys(), revoke: (token) => this.revoke(token) }),
    });
    this.#path = issuerUrl.slice(origin.length);
    const style = { format: tokenFormat, opaqueToken, lifetimeMs: tokenLifetimeMs, clock };
    const seenIds = new Set<string>();
    this.#desk = {
      assertions: () => ({ audiences: [this.issuerUrl, this.tokenEndpoint], now: clock.now(), seenIds }),
      clients,
      lifetimeMs: tokenLifetimeMs,
      tokens: issuedTokens({ ...style, issuer: () => this.issuerUrl }),
    };
  }

  /** Its name, or its address once it listens. */
  get issuerUrl(): string {
    return `${this.origin}${this.#path}`;
  }

  get tokenEndpoint(): string {
    return `${this.#base}/token`;
  }

  /** For `Token.create({ ...issuer.credentials })`: the first client, here. */
  get credentials(): Credentials {
    const { clientId, clientSecret = [] } = this.#desk.clients[0];
    return { issuerUrl: this.issuerUrl, clientId, clientSecret: [clientSecret].flat()[0] ?? '' };
  }

  get counts(): IssuerCounts {
    const asked = (endpoint: IssuerEndpoint): readonly LoggedRequest[] =>
      this.requests.filter((request) => request.endpoint === endpoint);
    const tokens = asked('token');
    const granted = tokens.filter(({ status }) => status === 200).length;
    const refused = tokens.filter(({ status }) => status !== undefined && status !== 200).length;
    return { metadata: asked('metadata').length, jwks: asked('jwks').length, token: tokens.length, granted, refused };
  }

  /** What it says of a token: what it stands for, or why it is not good. */
  introspect(token: string): Introspection {
    return this.#desk.tokens.introspect(token);
  }

  /** Ends a token before its time; without one, every token so far. */
  revoke(token?: string | Revealable): void {
    if (token === undefined) this.#desk.tokens.revokeAll();
    else this.#desk.tokens.revoke(typeof token === 'string' ? token : token.secret.expose());
  }

  /** Signs with a new key from now on. Tokens signed with the old one are no longer good. */
  rotateKeys(): void {
    this.#desk.tokens.keys.rotate();
  }

  get #base(): string {
    return this.issuerUrl.replace(/\/$/, '');
  }

  async #answer(endpoint: IssuerEndpoint | undefined, request: Request): Promise<Answer> {
    switch (endpoint) {
      case 'token':
        return grantToken(request, this.#desk);
      case 'metadata':
        return jsonAnswer(this.#metadata());
      case 'jwks':
        return jsonAnswer(this.#desk.tokens.keys.published());
      case undefined:
        break;
    }
    return textAnswer('Not found', 404);
  }

  /** RFC 8414 §2. */
  #metadata(): Readonly<Record<string, unknown>> {
    return {
      issuer: this.issuerUrl,
      token_endpoint: this.tokenEndpoint,
      jwks_uri: `${this.#base}/jwks`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    };
  }
}

/** Where things are: metadata where OIDC Discovery §4 looks, and where RFC 8414 §3.1 does. */
function pathsOf(pathname: string): ReadonlyMap<string, IssuerEndpoint> {
  const path = pathname.replace(/\/$/, '');
  return new Map<string, IssuerEndpoint>([
    [`${path}/.well-known/openid-configuration`, 'metadata'],
    [`/.well-known/oauth-authorization-server${path}`, 'metadata'],
    [`${path}/token`, 'token'],
    [`${path}/jwks`, 'jwks'],
  ]);
}
