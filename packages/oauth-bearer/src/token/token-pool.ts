import { systemClock } from '@bearings/client';
import { LRUCache } from 'lru-cache';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenClosedError, TokenConfigError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { isTokenStore } from '../store/read-sharing.ts';
import { StoreGuard } from '../store/store-guard.ts';
import type { TokenStore } from '../store/token-store.ts';
import { Token } from './token.ts';
import { readTokenConfig } from './token-config.ts';
import type { TokenConfig } from './token-config.ts';
import type { TokenHandle } from './token-handle.ts';

/** What one token of a pool is for. */
export interface TokenPurpose {
  /** The tenant, when the pool's config depends on it. */
  readonly tenant?: string;
  /** Replaces the scopes of the config. Order and repetitions do not matter. */
  readonly scopes?: readonly string[];
  readonly audience?: string;
  readonly resource?: string | readonly string[];
}

export interface TokenPoolOptions {
  /** How many handles are kept; the one used longest ago is evicted for the next. Default: 10,000. */
  readonly max?: number;
}

/** One config for all, or one for each tenant. */
export type PoolConfig = TokenConfig | ((tenant: string) => TokenConfig);

/**
 * Tokens for many purposes: one handle for each distinct set of tenant, scopes, audience and resource.
 *
 * The handles have no timers: a token is acquired at its first use and renewed in the background of a later one, so an
 * unused handle costs memory only. A handle that is evicted goes on for those who hold it, and is then collected. Ask the
 * pool each time instead of keeping a handle: a second one for the same purpose makes its own requests.
 */
export class TokenPool {
  readonly #config: PoolConfig;
  readonly #handles: LRUCache<string, Token>;
  /** All tokens of the pool notice together that a store is away. */
  readonly #guards = new WeakMap<TokenStore, TokenStore>();
  #isClosed = false;

  private constructor(config: PoolConfig, { max = 10_000 }: TokenPoolOptions) {
    this.#config = config;
    this.#handles = new LRUCache({ max });
  }

  /** Checks the config, when it is one for all. */
  static create(config: PoolConfig, options: TokenPoolOptions = {}): Result<TokenPool, TokenConfigError> {
    const { max = 10_000 } = options;
    if (!Number.isSafeInteger(max) || max < 1) return Err(new TokenConfigError('max', 'must be a whole number from 1'));
    const checked = typeof config === 'function' ? undefined : readTokenConfig(config);
    return checked?.isErr() === true ? checked : Ok(new TokenPool(config, options));
  }

  /** The number of handles. */
  get size(): number {
    return this.#handles.size;
  }

  /** The handle for a purpose; the same one as long as it is kept. Nothing is sent before it is used. */
  for(purpose: TokenPurpose = {}): Result<TokenHandle, TokenError> {
    return this.#find(purposeKey(purpose), () => {
      const config = this.#configFor(purpose);
      return { ...config, ...this.#guard(config) };
    });
  }

  /**
   * The handle for a request on behalf of a caller: the token of an incoming request is exchanged (RFC 8693) for one with this
   * purpose. One exchange for each token and purpose, however many requests; never the token of
   * another subject, and never for longer than the subject's token is valid, when that is a JWT.
   *
   * Tokens that are no longer used are evicted with the others; an error such as `invalid_grant` is that of this token alone.
   * Nothing is sent before the handle is used. A store is not used: its tokens would be those of users.
   *
   * @param subjectToken - the access token of the incoming request, without `Bearer`
   */
  onBehalfOf(subjectToken: string, purpose: TokenPurpose = {}): Result<TokenHandle, TokenError> {
    const problem = findSubjectProblem(subjectToken);
    if (problem !== undefined) return Err(new TokenConfigError('subjectToken', problem));
    return this.#find(`${subjectToken} ${purposeKey(purpose)}`, () => {
      const { store: _store, storeKeys: _keys, ...config } = this.#configFor(purpose);
      const exchange = config.grant?.type === 'token_exchange' ? config.grant : {};
      return { ...config, grant: { ...exchange, type: 'token_exchange', subjectToken: () => subjectToken } };
    });
  }

  #find(key: string, create: () => TokenConfig): Result<TokenHandle, TokenError> {
    if (this.#isClosed) return Err(new TokenClosedError());
    const known = this.#handles.get(key);
    if (known !== undefined) return Ok(known);
    const made = Token.onDemand(create());
    if (made.isOk()) this.#handles.set(key, made.value);
    return made;
  }

  #configFor({ tenant = '', ...changes }: TokenPurpose): TokenConfig {
    const config = typeof this.#config === 'function' ? this.#config(tenant) : this.#config;
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    return { ...config, ...Object.fromEntries(given) };
  }

  #guard(config: TokenConfig): Pick<TokenConfig, 'store'> {
    const { store, clock = systemClock, random = Math.random } = config;
    if (!isTokenStore(store)) return {};
    const guard = this.#guards.get(store) ?? new StoreGuard(store, { clock, random });
    this.#guards.set(store, guard);
    return { store: guard };
  }

  /** Closes every handle that it has. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const handles = [...this.#handles.values()];
    this.#handles.clear();
    await Promise.all(handles.map((token) => token.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** An empty subject would be the same for all whose token was lost on the way. */
function findSubjectProblem(subjectToken: unknown): string | undefined {
  if (typeof subjectToken !== 'string') return `must be a string, not ${typeof subjectToken}`;
  if (subjectToken === '') return 'must not be empty: the incoming request has no token';
  if (/^bearer /i.test(subjectToken)) return "must be the token alone, without 'Bearer'";
  return /^[\x21-\x7e]+$/.test(subjectToken) ? undefined : 'has characters that no token has';
}

/** The same for the same set, and for no other: JSON quotes the parts. */
function purposeKey({ tenant, scopes, audience, resource }: TokenPurpose): string {
  const set = (names: string | readonly string[] = []): readonly string[] => [...new Set([names].flat())].toSorted();
  return JSON.stringify([tenant, scopes && set(scopes), audience, resource && set(resource)]);
}
