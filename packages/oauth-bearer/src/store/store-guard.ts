import type { Clock } from '@bearings/client';
import { mustBeAnswer } from './store-answer.ts';
import type { StoreAnswer, StoreOffer, StoreQuestion, StoreRelease, TokenStore } from './token-store.ts';

export interface StoreGuardOptions {
  readonly clock: Clock;
  readonly random: () => number;
}

/** The store did not answer, or is left alone because it has not. */
export class StoreAwayError extends Error {
  override readonly name = 'StoreAwayError';
}

/** Time limit of one call. A question is asked twice: a limit measured in a busy process says little. */
const timeoutMs = 1_000;
/** The longest pause before the second question. */
const secondAfterMs = 300;
/** After this many failures in a row the store is not used, for about `pauseMs`. */
const failureLimit = 3;
const pauseMs = 10_000;

/**
 * A store with time limits: each call answers or fails within two seconds and a half, and at once while the store is away.
 *
 * One for all tokens that share a store: they notice together that it is away.
 */
export class StoreGuard implements TokenStore {
  readonly #store: TokenStore;
  readonly #options: StoreGuardOptions;
  #failures = 0;
  #awayUntilMs = -Infinity;

  constructor(store: TokenStore, options: StoreGuardOptions) {
    this.#store = store;
    this.#options = options;
  }

  /** The pause until the store is asked again, in milliseconds: 10 s, half of it more or less. */
  get pauseMs(): number {
    return pauseMs * (0.5 + this.#options.random());
  }

  async ask(key: string, question: StoreQuestion): Promise<StoreAnswer> {
    const { clock, random } = this.#options;
    if (this.#isAway) throw new StoreAwayError('The token store has not answered');
    const ask = (): Promise<StoreAnswer> =>
      this.#within(async () => mustBeAnswer(await this.#store.ask(key, question)));
    try {
      return await ask();
    } catch (cause) {
      if (this.#isAway) throw cause;
      await new Promise<void>((resolve) => clock.schedule(random() * secondAfterMs, resolve));
      return ask();
    }
  }

  async put(key: string, offer: StoreOffer): Promise<boolean> {
    if (this.#isAway) throw new StoreAwayError('The token store has not answered');
    return this.#within(() => this.#store.put(key, offer));
  }

  async release(key: string, release: StoreRelease): Promise<void> {
    if (!this.#isAway) await this.#within(() => this.#store.release(key, release));
  }

  watch(key: string, changed: () => void): () => void {
    try {
      return this.#store.watch?.(key, changed) ?? (() => {});
    } catch {
      return () => {}; // a hint: waiting replicas ask again after a while
    }
  }

  get canWatch(): boolean {
    return this.#store.watch !== undefined;
  }

  get #isAway(): boolean {
    return this.#options.clock.monotonic() < this.#awayUntilMs;
  }

  /** @throws StoreAwayError without the cause, which may quote what was sent */
  async #within<T>(call: () => Promise<T>): Promise<T> {
    const { clock } = this.#options;
    const late = Promise.withResolvers<never>();
    const cancel = clock.schedule(timeoutMs, () => late.reject(new StoreAwayError('The token store is late')));
    try {
      const answer = await Promise.race([call(), late.promise]);
      this.#failures = 0;
      this.#awayUntilMs = -Infinity;
      return answer;
    } catch {
      this.#failures += 1;
      if (this.#failures >= failureLimit) this.#awayUntilMs = clock.monotonic() + this.pauseMs;
      throw new StoreAwayError('The token store does not answer');
    } finally {
      cancel();
    }
  }
}
