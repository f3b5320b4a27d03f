import type { Clock } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenHttpError } from '../../src/errors.ts';
import type { TokenError } from '../../src/errors.ts';
import type { IssuedToken, TokenSource } from '../../src/sources/token-source.ts';
import { memoryTokenStore } from '../../src/store/memory-token-store.ts';
import { createSharedSource } from '../../src/store/shared-source.ts';
import type { EntrySeal } from '../../src/store/token-seal.ts';
import type { TokenStore } from '../../src/store/token-store.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenOptions } from '../../src/token/token-options.ts';
import { randomFrom } from '../model/random-from.ts';

/** A seal that takes no time, so that tests and simulations run on the virtual clock alone. */
export const plainSeal: EntrySeal = {
  ids: async () => ['plain'],
  idFor: async (value) => `id of ${value}`,
  seal: async (_, issued) => ({ id: `id of ${issued.value}`, sealed: JSON.stringify(issued) }),
  open: async (_, { sealed }) => JSON.parse(sealed) as IssuedToken,
  sealText: async (content) => JSON.stringify(content),
  openText: async (text) => JSON.parse(text) as unknown,
};

/** A server that issues t1, t2, …, and the API that accepts those that are not revoked. */
class IdentityProvider {
  requests = 0;
  /** What it answers instead of a token. */
  failure: (() => TokenError) | undefined;
  /** Tokens up to this number are revoked. */
  revoked = 0;
  isSilent = false;
  readonly #clock: VirtualClock;
  /** The time that a request takes. */
  delayMs: number;
  readonly lifetimeMs: number;

  constructor(clock: VirtualClock, { delayMs = 200, lifetimeMs = 3_600_000 } = {}) {
    this.#clock = clock;
    this.delayMs = delayMs;
    this.lifetimeMs = lifetimeMs;
  }

  /** The source of one replica. */
  createSource(): TokenSource {
    return { name: 'https://id.internal', acquire: async ({ signal }) => this.#issue(signal) };
  }

  accepts(value: string): boolean {
    return Number(value.slice(1)) > this.revoked;
  }

  revokeAll(): void {
    this.revoked = this.requests;
  }

  async #issue(signal: AbortSignal): Promise<Result<IssuedToken, TokenError>> {
    this.requests += 1;
    const value = `t${this.requests}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => resolve());
    if (!this.isSilent) this.#clock.serverTime.schedule(this.delayMs, resolve);
    await promise;
    if (this.failure !== undefined) return Err(this.failure());
    return Ok({ value, lifetimeMs: this.lifetimeMs });
  }
}

/** A 429 of the server. */
export const limited = (retryAfterMs: number) => (): TokenError =>
  new TokenHttpError({ endpoint: 'https://id.internal/token', status: 429, retryAfterMs });

/** A store in memory that counts its calls, and can be away. */
export class CountedStore implements TokenStore {
  calls = 0;
  /** What each call does instead: hangs or fails. */
  fault: 'hangs' | 'is slow' | 'fails' | undefined;
  #store: TokenStore;
  readonly #clock: VirtualClock;
  readonly watch?: NonNullable<TokenStore['watch']>;

  constructor(clock: VirtualClock, { canWatch = false } = {}) {
    this.#clock = clock;
    this.#store = memoryTokenStore({ clock: clock.serverTime });
    if (canWatch) this.watch = (key, changed) => this.#store.watch?.(key, changed) ?? (() => {});
  }

  /** Loses everything. */
  flush(): void {
    this.#store = memoryTokenStore({ clock: this.#clock.serverTime });
  }

  ask: TokenStore['ask'] = async (...args) => this.#call(() => this.#store.ask(...args));
  put: TokenStore['put'] = async (...args) => this.#call(() => this.#store.put(...args));
  release: TokenStore['release'] = async (...args) => this.#call(() => this.#store.release(...args));

  async #call<T>(call: () => Promise<T>): Promise<T> {
    this.calls += 1;
    if (this.fault === 'fails') throw new Error('connection refused');
    if (this.fault === 'hangs') return new Promise(() => {});
    if (this.fault === 'is slow') await new Promise<void>((resolve) => this.#clock.schedule(2_000, resolve));
    return call();
  }
}

/** The way of one replica to the store, which can stop: what it sends meanwhile arrives when it goes on. */
export class PausableStore implements TokenStore {
  readonly #store: TokenStore;
  #isPaused = false;
  readonly #waiting: (() => void)[] = [];

  constructor(store: TokenStore) {
    this.#store = store;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    for (const arrive of this.#waiting.splice(0)) arrive();
  }

  ask: TokenStore['ask'] = async (...args) => this.#arrive(() => this.#store.ask(...args));
  put: TokenStore['put'] = async (...args) => this.#arrive(() => this.#store.put(...args));
  release: TokenStore['release'] = async (...args) => this.#arrive(() => this.#store.release(...args));

  async #arrive<T>(call: () => Promise<T>): Promise<T> {
    if (this.#isPaused) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return call();
  }
}

export interface Fleet {
  readonly clock: VirtualClock;
  readonly provider: IdentityProvider;
  readonly store: CountedStore;
  readonly replicas: readonly Token[];
}

export interface FleetOptions {
  readonly size: number;
  readonly options?: TokenOptions;
  readonly lifetimeMs?: number;
  readonly canWatch?: boolean;
  readonly clock?: VirtualClock;
}

/** Replicas over one store, that have no token yet. */
export async function createFleet({
  size,
  options,
  lifetimeMs,
  canWatch,
  clock = virtualClock(),
}: FleetOptions): Promise<Fleet> {
  const provider = new IdentityProvider(clock, { ...(lifetimeMs !== undefined && { lifetimeMs }) });
  const store = new CountedStore(clock, { canWatch: canWatch ?? true });
  const random = randomFrom(1);
  const made = Array.from({ length: size }, () => createReplica({ clock, provider, store }, { random, ...options }));
  return { clock, provider, store, replicas: await Promise.all(made) };
}

/** One more replica. */
export async function createReplica(
  { clock, provider, store }: Pick<Fleet, 'clock' | 'provider'> & { readonly store: TokenStore },
  { random = randomFrom(2), ...options }: TokenOptions = {},
): Promise<Token> {
  const rotationPeriodMs = options.minRefreshPeriodMs ?? 10_000;
  const context = { store, seal: plainSeal, key: async () => 'key', rotationPeriodMs, clock, random };
  const source = createSharedSource(provider.createSource(), context);
  return (await Token.from(source, { clock, random, start: 'lazy', ...options })).unwrap();
}

/** Lets every replica get its token. Answers with the values. */
export async function getAll({ clock, replicas }: Fleet, ms = 2_000): Promise<readonly string[]> {
  const all = Promise.all(replicas.map((token) => token.get()));
  await clock.advance(ms);
  return (await all).map((each) => each.map((access) => access.secret.expose()).unwrapOr('none'));
}

/** One call of the API by each replica: at most two replays, by the rule of the bearer layer. */
export async function callApi({ clock, provider, replicas }: Fleet, { spreadMs = 0, ms = 3_000 } = {}): Promise<Calls> {
  const counts = { ok: 0, failed: 0, replays: 0 };
  const call = async (token: Token, index: number): Promise<void> => {
    await new Promise<void>((resolve) => clock.schedule((spreadMs * index) / replicas.length, resolve));
    const sent = await callOnce(token, provider, clock);
    counts[sent.isOk ? 'ok' : 'failed'] += 1;
    counts.replays = Math.max(counts.replays, sent.replays);
  };
  const all = Promise.all(replicas.map(call));
  await clock.advance(ms);
  await all;
  return counts;
}

export interface Calls {
  readonly ok: number;
  readonly failed: number;
  /** The most replays of one call. */
  readonly replays: number;
}

/** One call of an API, with at most two replays, by the rule of the bearer layer. */
export async function callOnce(
  token: Token,
  api: { readonly accepts: (value: string) => boolean },
  clock: Clock,
): Promise<{ readonly isOk: boolean; readonly replays: number }> {
  let access = (await token.get()).unwrap();
  const firstRejectedAt = clock.now();
  for (let replays = 0; ; replays += 1) {
    if (api.accepts(access.secret.expose())) return { isOk: true, replays };
    const mayReplay = replays === 0 || (replays === 1 && access.issuedAt < firstRejectedAt);
    const next = await token.invalidate(access);
    if (!mayReplay || next.isErr() || next.value.isSameAs(access)) return { isOk: false, replays };
    access = next.value;
  }
}
