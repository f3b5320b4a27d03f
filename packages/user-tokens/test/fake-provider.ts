import type { Clock } from '@bearings/client';
import { systemClock } from '@bearings/client';

/** What happens to a refresh token that was used (RFC 9700 §4.14.2). */
type Rotation = 'strict' | 'none' | { readonly graceMs: number };

interface ProviderOptions {
  readonly rotation?: Rotation;
  readonly expiresIn?: number | undefined;
  readonly clock?: Clock;
  /** Members that are added to every token response. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** What answers in the place of the token endpoint; `undefined` to let it answer. */
type Fault = (form: URLSearchParams) => Response | undefined | Promise<Response | undefined>;

interface Family {
  readonly user: string;
  isRevoked: boolean;
  /** Each refresh token, and when it was replaced. */
  readonly refreshTokens: Map<string, number | undefined>;
  readonly accessTokens: Set<string>;
}

/** An authorization server and an API in memory, with the rotation of refresh tokens of one's choice. */
export class FakeProvider {
  /** Where it is; set when it listens on a port. */
  issuer = 'https://id.test';
  readonly refreshes: string[] = [];
  readonly revocations: string[] = [];
  /** Called once each, in order, before a token request is answered. */
  readonly faults: Fault[] = [];
  /** True while nothing answers. */
  isDown = false;
  /** Called after a token was issued, before the answer is sent. */
  afterIssue: () => void | Promise<void> = () => {};
  /** What is added to the metadata. */
  metadata: Readonly<Record<string, unknown>> | undefined;
  readonly #options: ProviderOptions;
  readonly #families: Family[] = [];
  #count = 0;

  constructor(options: ProviderOptions = {}) {
    this.#options = options;
  }

  /** The first tokens of a user, as a consent would bring them. */
  connect(user: string): { readonly access: string; readonly refresh: string } {
    const family = { user, isRevoked: false, refreshTokens: new Map(), accessTokens: new Set<string>() };
    this.#families.push(family);
    return this.#issue(family);
  }

  /** Ends all tokens of a user, as the user can in the settings of an account. */
  revokeAll(user: string): void {
    for (const family of this.#families) if (family.user === user) family.isRevoked = true;
  }

  /** Ends the access tokens of a user, but for the newest ones. */
  expireAccess(user: string, keep: number): void {
    for (const { user: each, accessTokens } of this.#families) {
      const old = [...accessTokens].slice(0, accessTokens.size - keep);
      if (each === user) for (const token of old) accessTokens.delete(token);
    }
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const { pathname, host } = new URL(request.url);
    if (host === 'api.test') return this.#api(request);
    if (this.isDown)
      throw Object.assign(new TypeError('fetch failed'), {
        cause: Object.assign(new Error(), { code: 'ECONNREFUSED' }),
      });
    if (request.method === 'GET') {
      const { issuer, metadata = { revocation_endpoint: `${issuer}/revoke` } } = this;
      return Response.json({ issuer, token_endpoint: `${issuer}/token`, ...metadata });
    }
    const form = new URLSearchParams(await request.text());
    return pathname === '/revoke' ? this.#revoke(form) : this.#token(form);
  };

  #issue(family: Family): { readonly access: string; readonly refresh: string } {
    this.#count += 1;
    const [access, refresh] = [`at_CANARY_${family.user}_${this.#count}`, `rt_CANARY_${family.user}_${this.#count}`];
    family.accessTokens.add(access);
    family.refreshTokens.set(refresh, undefined);
    return { access, refresh };
  }

  async #token(form: URLSearchParams): Promise<Response> {
    const given = form.get('refresh_token') ?? '';
    this.refreshes.push(given);
    const fault = await this.faults.shift()?.(form);
    if (fault !== undefined) return fault;
    const { rotation = 'strict', members } = this.#options;
    const expiresIn = 'expiresIn' in this.#options ? this.#options.expiresIn : 3600;
    const family = this.#families.find(({ refreshTokens }) => refreshTokens.has(given));
    if (family === undefined || family.isRevoked) return refuse();
    if (!this.#accepts(family, given)) {
      family.isRevoked = true; // a replay ends the family
      return refuse();
    }
    const { access, refresh } = this.#issue(family);
    if (rotation !== 'none') family.refreshTokens.set(given, this.#now());
    await this.afterIssue();
    const pair = { access_token: access, ...(rotation !== 'none' && { refresh_token: refresh }) };
    return Response.json({
      ...pair,
      token_type: 'Bearer',
      ...(expiresIn !== undefined && { expires_in: expiresIn }),
      ...members,
    });
  }

  #accepts({ refreshTokens }: Family, given: string): boolean {
    const { rotation = 'strict' } = this.#options;
    const replacedAt = refreshTokens.get(given);
    if (replacedAt === undefined || rotation === 'none') return true;
    return rotation !== 'strict' && this.#now() - replacedAt <= rotation.graceMs;
  }

  #revoke(form: URLSearchParams): Response {
    const token = form.get('token') ?? '';
    this.revocations.push(token);
    for (const family of this.#families) {
      if (family.refreshTokens.has(token)) family.isRevoked = true;
      family.accessTokens.delete(token);
    }
    return new Response(null);
  }

  #api(request: Request): Response {
    const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const family = this.#families.find(({ isRevoked, accessTokens }) => !isRevoked && accessTokens.has(token));
    return family === undefined ? new Response(null, { status: 401 }) : Response.json({ user: family.user });
  }

  #now(): number {
    return (this.#options.clock ?? systemClock).now();
  }
}

/** The answer to a refresh token that is not valid. */
export const refuse = (): Response => Response.json({ error: 'invalid_grant' }, { status: 400 });

/** The connection breaks before the answer. */
export const lose = (): never => {
  throw Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(), { code: 'ECONNRESET' }) });
};
