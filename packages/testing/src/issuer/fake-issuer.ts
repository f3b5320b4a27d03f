import { textAnswer } from '../server/answer.ts';
import { FakeServer } from '../server/fake-server.ts';
import type { LoggedRequest } from '../server/logged-request.ts';
import type { IssuerFaultContext } from '../faults/faults.ts';
import { serverClock } from '../clock/server-clock.ts';
import { answerEndpoint } from './answer-endpoint.ts';
import type { Consent } from './consent.ts';
import type { IssuerContext } from './issuer-context.ts';
import { createIssuerContext } from './create-issuer-context.ts';
import { findIssuerEndpoint, issuerEndpoints } from './issuer-endpoint.ts';
import type { IssuerEndpoint } from './issuer-endpoint.ts';
import { checkConsent, checkIssuerOptions } from './issuer-options.ts';
import type { FakeIssuerOptions } from './issuer-options.ts';
import type { Introspection } from './state/issued-tokens.ts';

/** What `Token.create` needs for this issuer. */
export interface Credentials {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The URLs of endpoints for users. */
export interface UserEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly revocation: string;
  readonly deviceAuthorization: string;
  readonly userinfo: string;
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
  /** Refresh tokens that were accepted. */
  readonly refreshes: number;
  /** Refresh tokens that were replaced before: each ended all tokens of its user. */
  readonly reuses: number;
}

/** A token that reveals its value on request, such as an `AccessToken`. */
export interface Revealable {
  readonly secret: { expose(): string };
}

/**
 * Creates an issuer with the behaviour of a real one: metadata, client authentication, the grants of clients, users and
 * devices, lifetimes and keys. `inject` makes it fail.
 *
 * @throws ConfigError if an option is not valid
 */
export function fakeIssuer(options: FakeIssuerOptions = {}): FakeIssuer {
  checkIssuerOptions(options);
  return new FakeIssuer(options);
}

/** An authorization server for tests. */
export class FakeIssuer extends FakeServer<IssuerFaultContext> {
  readonly #path: string;
  readonly #context: IssuerContext;
  #consent: Consent;

  constructor(options: FakeIssuerOptions) {
    const { issuerUrl = 'https://issuer.test', consent = 'approve' } = options;
    const clock = serverClock(options.clock);
    const { origin, pathname } = new URL(issuerUrl);
    const findEndpoint = ({ url }: Request): IssuerEndpoint | undefined => findIssuerEndpoint(url, pathname);
    super({
      origin,
      clock,
      endpoints: issuerEndpoints,
      findEndpoint,
      answer: (request) => {
        const endpoint = findEndpoint(request);
        return endpoint === undefined ? textAnswer('Not found', 404) : answerEndpoint(endpoint, request, this.#context);
      },
      extendContext: (context) => ({
        ...context,
        rotateKeys: () => this.rotateKeys(),
        revoke: (token) => this.revoke(token),
      }),
    });
    this.#path = issuerUrl.slice(origin.length);
    this.#consent = consent;
    const issuer = { issuerUrl: () => this.issuerUrl, consent: () => this.#consent };
    this.#context = createIssuerContext(options, { clock, ...issuer });
  }

  /** The issuer URL. `listen()` changes its origin. */
  get issuerUrl(): string {
    return `${this.origin}${this.#path}`;
  }

  get tokenEndpoint(): string {
    return this.#context.endpointUrl('token');
  }

  /** The endpoints for users, for a client without discovery. */
  get endpoints(): UserEndpoints {
    const { endpointUrl } = this.#context;
    return {
      authorization: endpointUrl('authorization'),
      token: endpointUrl('token'),
      revocation: endpointUrl('revocation'),
      deviceAuthorization: endpointUrl('device_authorization'),
      userinfo: endpointUrl('userinfo'),
    };
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
      ...this.#context.refreshTokens.counts,
    };
  }

  /** What users answer from now on. */
  get consent(): Consent {
    return this.#consent;
  }

  /** @throws ConfigError if it is no answer */
  set consent(consent: Consent) {
    checkConsent(consent, 'issuer');
    this.#consent = consent;
  }

  /** The facts of a valid access token, or why it is not valid. */
  introspect(token: string): Introspection {
    return this.#context.tokens.introspect(token);
  }

  /** Revokes an access token. Without an argument, revokes all access tokens issued so far. */
  revoke(token?: string | Revealable): void {
    if (token === undefined) this.#context.tokens.revokeAll();
    else this.#context.tokens.revoke(typeof token === 'string' ? token : token.secret.expose());
  }

  /** Withdraws what an account has granted: its refresh tokens and access tokens end. Default: all accounts. */
  withdrawConsent(account?: string): void {
    const { tokens, refreshTokens, grants } = this.#context;
    for (const grant of grants) {
      if (account !== undefined && grant.account !== account) continue;
      tokens.revokeAll(grant.id);
      refreshTokens.revokeGrant(grant.id);
    }
  }

  /** Replaces the signing key. Tokens signed with the old key are no longer valid. */
  rotateKeys(): void {
    this.#context.tokens.keys.rotate();
  }
}
