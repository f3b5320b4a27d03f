import { untilAborted } from '@bearings/client';
import type { Cancel } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { AccessToken } from './access-token.ts';
import type { IssuedToken } from './access-token.ts';
import { clientCredentials } from './client-credentials.ts';
import type { TokenSource } from './client-credentials.ts';
import { TokenClosedError, TokenHttpError, TokenUnavailableError } from './errors.ts';
import type { TokenError } from './errors.ts';
import { elapsedMs, momentOf } from './moment.ts';
import type { Moment } from './moment.ts';
import { renewAfterMs, retryAfterFailureMs } from './renewal.ts';
import { Swap } from './swap.ts';
import { readTokenConfig } from './token-config.ts';
import type { TokenConfig, TokenSettings } from './token-config.ts';
import type { GetOptions, TokenHandle, TokenStatus } from './token-handle.ts';
import { statusOf } from './token-snapshot.ts';
import type { Answer, Lease, RenewalFailure, Snapshot } from './token-snapshot.ts';

const closed: Answer = Err(new TokenClosedError());
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
  readonly #source: TokenSource;
  readonly #settings: TokenSettings;
  readonly #state = new Swap<Snapshot>({ answer: nothingYet, lease: undefined, isRejected: false, failure: undefined });
  readonly #end = new AbortController();
  #flight: Promise<Answer> | undefined;
  #cancelTimer: Cancel = () => {};

  private constructor(settings: TokenSettings, source: TokenSource) {
    this.#settings = settings;
    this.#source = source;
  }

  /**
   * Checks the config, finds the token endpoint, acquires the first token, and only then answers; with
   * `start: 'lazy'` the last two wait for the first use.
   */
  static async create(config: TokenConfig): Promise<Result<Token, TokenError>> {
    const settings = readTokenConfig(config);
    if (settings.isErr()) return settings;
    const token = new Token(settings.value, clientCredentials(settings.value));
    if (settings.value.isLazy) return Ok(token);
    const first = await token.get();
    if (first.isOk()) return Ok(token);
    await token.close();
    return first;
  }

  /** The token as it is now. Does no I/O; starts a renewal in the background when one is due. */
  read(): Answer {
    const { answer, lease, failure } = this.#state.load();
    if (lease === undefined || answer.isErr()) return answer;
    const ageMs = elapsedMs(lease.since, this.#settings.clock);
    if (ageMs < lease.renewAfterMs && ageMs < lease.lifetimeMs) return answer;
    if (ageMs >= lease.lifetimeMs) return failure?.answer ?? expired;
    this.#renewIfDue();
    return answer;
  }

  /**
   * The token as it is now, or the one being acquired.
   *
   * Between two attempts at a server that fails, the last error is given at once.
   *
   * @throws the signal's reason when it is aborted first; the acquisition goes on for the others
   */
  async get({ signal }: GetOptions = {}): Promise<Answer> {
    signal?.throwIfAborted();
    const now = this.read();
    if (now.isOk()) return now;
    const acquired = this.#join();
    return signal === undefined ? acquired : untilAborted(acquired, signal);
  }

  /**
   * Rotates the token if `rejected` (default: the current one) is still it, and answers with the one to use instead.
   *
   * Callers who come later, or late with an older token, get the same answer and cause no request. A token that is
   * itself the product of a rotation and younger than `minRefreshPeriodMs` is not rotated: asking again has not helped.
   */
  async invalidate(token?: AccessToken): Promise<Answer> {
    const seen = this.#state.load();
    const { lease, isRejected } = seen;
    if (lease === undefined || isRejected) return this.#join();
    if (token !== undefined && !token.isSameAs(lease.access)) return this.get();
    const ageMs = elapsedMs(lease.since, this.#settings.clock);
    if (lease.isRotation && ageMs < this.#settings.minRefreshPeriodMs) return this.get();
    this.#state.compareAndSwap(seen, { ...seen, answer: rejected, isRejected: true });
    return this.#flight ?? this.#acquire();
  }

  /** What may be shown of the token. */
  status(): TokenStatus {
    const status = statusOf(this.#state.load(), this.#settings.clock);
    return this.#end.signal.aborted ? { ...status, state: 'closed' } : status;
  }

  /** Ends renewal. Whoever waits gets `CLOSED`, and nothing is published any more. */
  async close(): Promise<void> {
    this.#cancelTimer();
    this.#state.store({ answer: closed, lease: undefined, isRejected: false, failure: undefined });
    this.#end.abort();
    await this.#flight;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The acquisition under way, or a new one, or the last failure while it is too early for a new one. */
  async #join(): Promise<Answer> {
    if (this.#end.signal.aborted) return closed;
    const { failure } = this.#state.load();
    if (this.#flight !== undefined) return this.#flight;
    return failure === undefined || this.#isDue(failure) ? this.#acquire() : failure.answer;
  }

  #isDue({ since, retryAfterMs }: RenewalFailure): boolean {
    return elapsedMs(since, this.#settings.clock) >= retryAfterMs;
  }

  /** For those who need not wait. The flight answers and never throws, so it is safe to let it go. */
  #renewIfDue(): void {
    const { failure } = this.#state.load();
    if (this.#end.signal.aborted || this.#flight !== undefined) return;
    if (failure === undefined || this.#isDue(failure)) void this.#acquire();
  }

  #acquire(): Promise<Answer> {
    this.#cancelTimer();
    this.#flight = this.#fly();
    return this.#flight;
  }

  /**
   * One acquisition. If the current token is rejected while it is under way and it brings that same token, it began
   * too early to know: it is made once more instead of putting the rejected token back.
   */
  async #fly(): Promise<Answer> {
    const wasRejected = this.#state.load().isRejected;
    const since = momentOf(this.#settings.clock);
    const issued = await this.#ask();
    if (this.#end.signal.aborted) return this.#landed(closed);
    if (issued.isErr()) return this.#landed(this.#fail(issued.error));
    const { lease, isRejected } = this.#state.load();
    const lacked = isRejected && !wasRejected && lease?.access.secret.expose() === issued.value.value;
    return lacked ? this.#fly() : this.#landed(this.#publish(issued.value, since));
  }

  #landed(answer: Answer): Answer {
    this.#flight = undefined;
    return answer;
  }

  async #ask(): Promise<Result<IssuedToken, TokenError>> {
    try {
      const { signal } = this.#end;
      return await untilAborted(this.#source(signal), signal);
    } catch {
      return Err(new TokenUnavailableError('The token source failed in an unforeseen way'));
    }
  }

  #publish(issued: IssuedToken, since: Moment): Answer {
    const { lease: last, isRejected } = this.#state.load();
    const { lifetimeMs } = issued;
    const access = new AccessToken(issued, since.wall, (last?.access.generation ?? 0) + 1);
    const renewMs = renewAfterMs(lifetimeMs, this.#settings, this.#settings.random);
    const lease: Lease = { access, since, lifetimeMs, renewAfterMs: renewMs, isRotation: isRejected };
    const answer = Ok(access);
    this.#state.store({ answer, lease, isRejected: false, failure: undefined });
    this.#wakeIn(renewMs - elapsedMs(since, this.#settings.clock));
    return answer;
  }

  #fail(error: TokenError): Answer {
    const seen = this.#state.load();
    const count = (seen.failure?.count ?? 0) + 1;
    const retryAfter = error instanceof TokenHttpError ? error.retryAfterMs : undefined;
    const { clock, random } = this.#settings;
    const { lease } = seen;
    const isUsable = lease !== undefined && seen.answer.isOk();
    const validMs = isUsable ? lease.lifetimeMs - elapsedMs(lease.since, clock) : Infinity;
    const facts = { count, isPassing: error.retryable, retryAfterMs: retryAfter, validMs };
    const retryAfterMs = retryAfterFailureMs(facts, random);
    const failure = { answer: Err(error), error, count, since: momentOf(clock), retryAfterMs };
    this.#state.store({ ...seen, answer: isUsable ? seen.answer : failure.answer, failure });
    if (lease !== undefined) this.#wakeIn(retryAfterMs);
    return failure.answer;
  }

  #wakeIn(delayMs: number): void {
    this.#cancelTimer();
    if (delayMs === Infinity) return;
    // the timer knows the handle only weakly: one that nobody holds any more is not kept alive by its renewal
    const handle = new WeakRef(this);
    const wake = (): void => {
      const token = handle.deref();
      if (token !== undefined && token.#flight === undefined) void token.#acquire(); // answers, never throws
    };
    this.#cancelTimer = this.#settings.clock.schedule(Math.max(0, delayMs), wake, { background: true });
  }
}
