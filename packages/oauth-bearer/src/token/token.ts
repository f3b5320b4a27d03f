import { untilAborted } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import { Allowance } from './rotation-limit.ts';
import { clientCredentials } from '../sources/client-credentials.ts';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenConfigError, TokenError } from '../errors.ts';
import { elapsedMs, momentOf } from './instant.ts';
import { rotationBurst } from './renewal-schedule.ts';
import { closed, Renewer } from './token-renewer.ts';
import { Swap } from './atomic-reference.ts';
import { readTokenConfig } from './token-config.ts';
import type { TokenConfig, TokenSettings } from './token-config.ts';
import { TokenListeners } from './token-events.ts';
import type { TokenListener } from './token-events.ts';
import type { GetOptions, TokenHandle, TokenStatus } from './token-handle.ts';
import { statusOf } from './token-state.ts';
import type { Answer, Snapshot } from './token-state.ts';

const nothingYet: Answer = Err(new TokenUnavailableError('No token has been acquired yet'));
const rejected: Answer = Err(new TokenUnavailableError('The token was rejected and is being rotated'));
const expired: Answer = Err(new TokenUnavailableError('The token has expired and is being renewed'));

/**
 * A handle to an access token that is always as good as it can be: renewed in the background before it ends, rotated
 * when a resource rejects it, one request to the server however many ask.
 *
 * Whoever creates it closes it.
 */
export class Token implements TokenHandle {
  readonly #settings: TokenSettings;
  readonly #state = new Swap<Snapshot>({ answer: nothingYet, lease: undefined, isRejected: false, failure: undefined });
  readonly #listeners = new TokenListeners();
  readonly #rotations: Allowance;
  readonly #renewer: Renewer;
  #closing: Promise<void> | undefined;

  private constructor(settings: TokenSettings, isTimed: boolean) {
    this.#settings = settings;
    const source = clientCredentials(settings);
    this.#renewer = new Renewer({ state: this.#state, listeners: this.#listeners, settings, source, isTimed });
    this.#rotations = new Allowance({ burst: rotationBurst, periodMs: settings.minRefreshPeriodMs, ...settings });
  }

  /**
   * Checks the config, finds the token endpoint, acquires the first token, and only then answers; with
   * `start: 'lazy'` the last two wait for the first use.
   */
  static async create(config: TokenConfig): Promise<Result<Token, TokenError>> {
    const settings = readTokenConfig(config);
    if (settings.isErr()) return settings;
    const token = new Token(settings.value, true);
    if (settings.value.isLazy) return Ok(token);
    const first = await token.#start();
    if (first.isOk()) return Ok(token);
    await token.close();
    return first;
  }

  /** A token without a timer: acquired at the first use, renewed in the background of a later one. */
  static onDemand(config: TokenConfig): Result<Token, TokenConfigError> {
    return readTokenConfig(config).map((settings) => new Token(settings, false));
  }

  /** The token as it is now. Does no I/O; starts a renewal in the background when one is due. */
  read(): Answer {
    const { answer, lease, failure } = this.#state.load();
    if (lease === undefined || answer.isErr()) return answer;
    const ageMs = elapsedMs(lease.since, this.#settings.clock);
    if (ageMs < lease.renewAfterMs && ageMs < lease.lifetimeMs) return answer;
    if (ageMs >= lease.lifetimeMs) {
      this.#renewer.noticeEnd(lease);
      return failure?.answer ?? expired;
    }
    this.#renewer.renewIfDue();
    return answer;
  }

  /**
   * The token as it is now, or the one being acquired.
   *
   * Between two attempts at a server that fails, the last error is given at once.
   *
   * @throws the signal's reason when it is aborted first; the acquisition goes on for the others
   */
  async get({ signal, minValidityMs = 0 }: GetOptions = {}): Promise<Answer> {
    signal?.throwIfAborted();
    const now = this.read();
    if (now.isOk() && this.#lasts(minValidityMs)) return now;
    const acquired = this.#renewer.join();
    const later = await (signal === undefined ? acquired : untilAborted(acquired, signal));
    return later.isErr() && now.isOk() ? this.read() : later;
  }

  /**
   * Rotates the token if `rejected` (default: the current one) is still it, and answers with the one to use instead.
   *
   * Callers who come later, or late with an older token, get the same answer and cause no request. A token that the
   * server gave out again unchanged is not rotated for `minRefreshPeriodMs`; and when whatever comes is rejected at
   * once, three rotations in a row are followed by one per period: asking again has not helped.
   */
  async invalidate(token?: AccessToken): Promise<Answer> {
    const seen = this.#state.load();
    const { lease, isRejected } = seen;
    if (lease === undefined || isRejected) return this.#renewer.join();
    if (token !== undefined && !token.isSameAs(lease.access)) return this.get();
    const ageMs = elapsedMs(lease.since, this.#settings.clock);
    const isHopeless = lease.isUnchanged && ageMs < this.#settings.minRefreshPeriodMs;
    if (isHopeless || !this.#rotations.take()) return this.get();
    this.#state.compareAndSwap(seen, { ...seen, answer: rejected, isRejected: true });
    const rotation = this.#renewer.acquire();
    const { generation } = lease.access;
    this.#listeners.tell({ type: 'invalidated', at: this.#settings.clock.now(), generation, ageMs });
    return rotation;
  }

  /** What may be shown of the token. */
  status(): TokenStatus {
    const status = statusOf(this.#state.load(), this.#settings.clock);
    return this.#renewer.isStopped ? { ...status, state: 'closed' } : status;
  }

  /** Tells of what happens from now on; answers with the way to stop. A listener that throws harms nobody. */
  subscribe(listener: TokenListener): () => void {
    return this.#listeners.add(listener);
  }

  /** Ends renewal. Whoever waits gets `CLOSED`, and nothing is published any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The first token; after a failure that may pass, for as long as the config lets it try. */
  async #start(): Promise<Answer> {
    const { clock, startWaitMs } = this.#settings;
    const since = momentOf(clock);
    for (;;) {
      const first = await this.get();
      const { failure } = this.#state.load();
      if (first.isOk() || failure?.error.retryable !== true) return first;
      const { retryAfterMs } = failure;
      if (elapsedMs(since, clock) + retryAfterMs > startWaitMs) return first;
      await new Promise<void>((resolve) => clock.schedule(retryAfterMs, resolve));
    }
  }

  async #close(): Promise<void> {
    this.#state.store({ answer: closed, lease: undefined, isRejected: false, failure: undefined });
    await this.#renewer.stop();
    this.#listeners.tell({ type: 'closed', at: this.#settings.clock.now() });
  }

  /** True when the token is good for that long, or as long as can be asked of one with its life. */
  #lasts(minValidityMs: number): boolean {
    const { lease } = this.#state.load();
    if (minValidityMs <= 0 || lease === undefined) return true;
    const ageMs = elapsedMs(lease.since, this.#settings.clock);
    const neededMs = Math.min(minValidityMs, lease.lifetimeMs / 2);
    return lease.lifetimeMs - ageMs >= neededMs || ageMs < this.#settings.minRefreshPeriodMs;
  }
}
