import type { Clock } from '@bearings/client';
import {
  checkOptions,
  clockRule,
  functionRule,
  listRule,
  millisecondsRule,
  objectRule,
  oneOfRule,
  stringRule,
} from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { jsonAnswer, textAnswer } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import type { RegisteredClient } from './registered-client.ts';
import { FakeServer } from '../server/fake-server.ts';
import type { IssuerFaultContext } from '../faults/faults.ts';
import { issuedTokens } from './issued-tokens.ts';
import type { Introspection } from './issued-tokens.ts';
import type { IssuerEndpoint } from './issuer-endpoint.ts';
import type { LoggedRequest } from '../server/logged-request.ts';
import { serverClock } from '../clock/server-clock.ts';
import { grantToken } from './token-endpoint.ts';
import type { TokenEndpointContext } from './token-endpoint.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';

/** Options of `fakeIssuer`. */
export interface FakeIssuerOptions {
  /** The issuer URL. `listen()` changes the origin, not the path. Default: `https://issuer.test`. */
  readonly issuerUrl?: string;
  /** The registered clients. Default: one client with {@link FakeIssuer.credentials}. */
  readonly clients?: readonly [RegisteredClient, ...RegisteredClient[]];
  /** The lifetime of tokens, in milliseconds. Default: 1 h. */
  readonly tokenLifetimeMs?: number;
  /** `jwt`: signed (RFC 9068). `opaque`: text that only the issuer understands. Default: `jwt`. */
  readonly tokenFormat?: 'jwt' | 'opaque';
  /** The text of opaque tokens. `count` starts at 1. Default: `opaque-token-1` and so on. */
  readonly opaqueToken?: (count: number) => string;
  /** The clock. Of a virtual clock, `serverTime` is used: the clock of the client may be wrong. Default: the system clock. */
  readonly clock?: Clock | VirtualClock;
}

/** What `Token.create` needs for this issuer. */
export interface Credentials {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How many requests an issuer received, granted and refused. */
export interface IssuerCounts {
  readonly metadata: number;
  readonly jwks: number;
  readonly token: number;
  /** Token requests answered with 200. */
  readonly granted: number;
  /** Token requests answered with another status. */
  readonly refused: number;
}

/** A token that reveals its value on request, such as an `AccessToken`. */
export interface Revealable {
  readonly secret: { expose(): string };
}

const rules: OptionRules<FakeIssuerOptions> = {
  issuerUrl: stringRule,
  clients: { test: (value) => listRule(objectRule).test(value), expected: 'a list of clients' },
  tokenLifetimeMs: millisecondsRule,
  tokenFormat: oneOfRule('jwt', 'opaque'),
  opaqueToken: functionRule,
  clock: clockRule,
};
const clientRules: OptionRules<RegisteredClient> = {
  clientId: stringRule,
  clientSecret: {
    test: (value) => typeof value === 'string' || listRule(stringRule).test(value),
    expected: 'a string, or a list of strings',
    isSecret: true,
  },
  publicKey: objectRule,
  scopes: listRule(stringRule),
};

const defaultClient: RegisteredClient = { clientId: 'test-client', clientSecret: 'test-client-secret' };

/**
 * Creates an issuer with the behaviour of a real one: metadata, client authentication, the client credentials grant,
 * lifetimes and keys. `inject` makes it fail.
 *
 * @throws ConfigError if an option is not valid
 */
export function fakeIssuer(options: FakeIssuerOptions = {}): FakeIssuer {
  checkOptions(options, rules, { owner: 'fakeIssuer' });
  for (const client of options.clients ?? [])
    checkOptions(client, clientRules, { owner: 'fakeIssuer', within: 'clients' });
  return new FakeIssuer(options);
}

/** An authorization server for tests. */
export class FakeIssuer extends FakeServer<IssuerFaultContext> {
  readonly #path: string;
  readonly #context: TokenEndpointContext;

  constructor(options: FakeIssuerOptions) {
    const { issuerUrl = 'https://issuer.test', clients = [defaultClient], tokenLifetimeMs = 3_600_000 } = options;
    const { tokenFormat = 'jwt', opaqueToken = (count) => `opaque-token-${count}` } = options;
    const clock = serverClock(options.clock);
    const { origin, pathname } = new URL(issuerUrl);
    const paths = endpointPaths(pathname);
    const findEndpoint = ({ url }: Request): IssuerEndpoint | undefined => paths.get(new URL(url).pathname);
    super({
      origin,
      clock,
      endpoints: ['token', 'metadata', 'jwks'],
      findEndpoint,
      answer: (request) => this.#answer(findEndpoint(request), request),
      extendContext: (context) => ({
        ...context,
        rotateKeys: () => this.rotateKeys(),
        revoke: (token) => this.revoke(token),
      }),
    });
    this.#path = issuerUrl.slice(origin.length);
    const tokenOptions = { format: tokenFormat, opaqueToken, lifetimeMs: tokenLifetimeMs, clock };
    const seenIds = new Set<string>();
    this.#context = {
      assertions: () => ({ audiences: [this.issuerUrl, this.tokenEndpoint], now: clock.now(), seenIds }),
      clients,
      lifetimeMs: tokenLifetimeMs,
      tokens: issuedTokens({ ...tokenOptions, issuer: () => this.issuerUrl }),
    };
  }

  /** The issuer URL. `listen()` changes its origin. */
  get issuerUrl(): string {
    return `${this.origin}${this.#path}`;
  }

  get tokenEndpoint(): string {
    return `${this.#base}/token`;
  }

  /** The first client, for `Token.create({ ...issuer.credentials })`. */
  get credentials(): Credentials {
    const { clientId, clientSecret = [] } = this.#context.clients[0];
    return { issuerUrl: this.issuerUrl, clientId, clientSecret: [clientSecret].flat()[0] ?? '' };
  }

  get counts(): IssuerCounts {
    const received = (endpoint: IssuerEndpoint): readonly LoggedRequest[] =>
      this.requests.filter((request) => request.endpoint === endpoint);
    const tokens = received('token');
    const granted = tokens.filter(({ status }) => status === 200).length;
    const refused = tokens.filter(({ status }) => status !== undefined && status !== 200).length;
    return {
      metadata: received('metadata').length,
      jwks: received('jwks').length,
      token: tokens.length,
      granted,
      refused,
    };
  }

  /** The facts of a valid token, or why a token is not valid. */
  introspect(token: string): Introspection {
    return this.#context.tokens.introspect(token);
  }

  /** Revokes a token. Without an argument, revokes all tokens issued so far. */
  revoke(token?: string | Revealable): void {
    if (token === undefined) this.#context.tokens.revokeAll();
    else this.#context.tokens.revoke(typeof token === 'string' ? token : token.secret.expose());
  }

  /** Replaces the signing key. Tokens signed with the old key are no longer valid. */
  rotateKeys(): void {
    this.#context.tokens.keys.rotate();
  }

  get #base(): string {
    return this.issuerUrl.replace(/\/$/, '');
  }

  async #answer(endpoint: IssuerEndpoint | undefined, request: Request): Promise<Answer> {
    switch (endpoint) {
      case 'token':
        return grantToken(request, this.#context);
      case 'metadata':
        return jsonAnswer(this.#metadata());
      case 'jwks':
        return jsonAnswer(this.#context.tokens.keys.published());
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

/** The endpoint of each path. Metadata has two paths: OIDC Discovery §4 and RFC 8414 §3.1. */
function endpointPaths(pathname: string): ReadonlyMap<string, IssuerEndpoint> {
  const path = pathname.replace(/\/$/, '');
  return new Map<string, IssuerEndpoint>([
    [`${path}/.well-known/openid-configuration`, 'metadata'],
    [`/.well-known/oauth-authorization-server${path}`, 'metadata'],
    [`${path}/token`, 'token'],
    [`${path}/jwks`, 'jwks'],
  ]);
}
