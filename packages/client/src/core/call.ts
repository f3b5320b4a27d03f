import type { Clock } from '../time/clock.ts';
import { HeaderValidator } from '../security/header-validator.ts';
import { headersIn } from '../body/light-request.ts';
import type { RetryOptions } from '../stages/retry/retry-policy.ts';
import { CancelScope } from './cancel-scope.ts';

/** What one call may set differently from its client. */
export interface CallOptions {
  /** How often and when to try again: a limit, or ky's retry options. */
  readonly retry?: number | RetryOptions | undefined;
  /** Milliseconds until the response head, for each attempt; `false` for no limit. */
  readonly timeout?: number | false | undefined;
  /** Milliseconds the body may stand still while it is read; `false` for no limit. */
  readonly bodyTimeout?: number | false | undefined;
  /** Milliseconds for the whole call with attempts, waits, token and body; `false` for no limit. */
  readonly totalTimeout?: number | false | undefined;
}

/** A body that can be made into a stream as often as needed. */
export type BodySource = Exclude<RequestInit['body'], undefined | null | ReadableStream | AsyncIterable<unknown>>;

/** What a call is made of. */
export interface CallParts {
  readonly options: CallOptions;
  /** The caller's, if there is one. */
  readonly signal?: AbortSignal | null | undefined;
  readonly clock: Clock;
  /** Knows the headers of the last call: a token is the same for many. Default: one that knows none. */
  readonly headerCheck?: HeaderValidator;
  /** Milliseconds until the response head, for each attempt; `Infinity` for no limit. */
  readonly attemptTimeoutMs: number;
  /** Milliseconds for the whole call; `Infinity` for no limit. */
  readonly totalTimeoutMs: number;
  /** Options that are `fetch`'s alone, such as `dispatcher`; they go to the transport as they are. */
  readonly fetchOptions?: Readonly<Record<string, unknown>> | undefined;
  /** What the request's body was made from, when that can be sent again as it is. */
  readonly source?: BodySource | undefined;
  /** Whether the body (if any) can be sent again. */
  readonly repeatable: boolean;
}

/** What a call is doing. `start`: not yet anything of these. */
export type CallPhase = 'start' | 'queue' | 'token' | 'attempt' | 'backoff' | 'body';

/** What a stage does when a call that it lets through waits before it tries again, and when it goes on. */
export interface BackoffListener {
  /** The call waits: what it holds may go to others. */
  readonly begin: () => void;
  /** The call goes on, when this has answered. */
  readonly end: () => Promise<void>;
}

/**
 * What lives as long as one call: its options, its attempt, its signal, and the headers that stages add.
 *
 * Stages put headers here and not on the Request, because ky's errors hold the Request and printing one prints its
 * headers. The transport sends both.
 */
export class Call {
  /** What the caller has set for this call alone. */
  readonly options: CallOptions;
  /** Milliseconds for the whole call; `Infinity` for no limit. */
  readonly totalTimeoutMs: number;
  /** Milliseconds that an attempt has until the response head; `Infinity` for no limit. */
  readonly attemptTimeoutMs: number;
  /** Which attempt this is, from 1. */
  attempt = 1;
  /**
   * What the network does with a redirect: hands it out, or refuses it. Refusing is what lets `fetch` send a stream
   * without keeping a copy (Fetch standard, HTTP-network-or-cache fetch, step 3).
   */
  redirect: 'manual' | 'error' = 'manual';
  /** What is being done now: an error for a deadline tells it. */
  phase: CallPhase = 'start';
  /** Why the last attempt failed, if it did. Becomes the cause when the deadline ends the call. */
  lastFailure: unknown = undefined;
  /** What the request's body was made from, when that can be sent again as it is. */
  readonly source: BodySource | undefined;
  /** Whether the body (if any) can be sent again. */
  readonly repeatable: boolean;
  /** Options that are `fetch`'s alone, such as `dispatcher`. */
  readonly fetchOptions: Readonly<Record<string, unknown>> | undefined;
  readonly #whole = new CancelScope();
  #attempt: CancelScope | undefined;
  #isInAttempt = false;
  readonly #caller: AbortSignal | null | undefined;
  readonly #follow = (): void => this.cancel(this.#caller?.reason);
  readonly #clock: Clock;
  readonly #headerCheck: HeaderValidator;
  readonly #deadlineAt: number;
  #added: { readonly name: string; value: string }[] = [];
  #credentials: string[] = [];
  #dropped: { readonly name: string; readonly value: string }[] | undefined;
  #secrets: string[] | undefined;
  #rests: BackoffListener[] | undefined;

  constructor(parts: CallParts) {
    const { options, signal, clock, attemptTimeoutMs, totalTimeoutMs, fetchOptions, source, repeatable } = parts;
    const { headerCheck = new HeaderValidator() } = parts;
    this.options = options;
    this.attemptTimeoutMs = attemptTimeoutMs;
    this.totalTimeoutMs = totalTimeoutMs;
    this.#caller = signal;
    signal?.addEventListener('abort', this.#follow, { once: true });
    this.source = source;
    this.repeatable = repeatable;
    this.fetchOptions = fetchOptions;
    this.#clock = clock;
    this.#headerCheck = headerCheck;
    this.#deadlineAt = totalTimeoutMs === Infinity ? Infinity : clock.monotonic() + totalTimeoutMs;
  }

  /** Aborted when what is being done now must end: the attempt while there is one, else the call. Made when asked for. */
  get signal(): AbortSignal {
    return this.cancelScope.signal;
  }

  /** What is being done now, which may be ended: the attempt while there is one, else the call. */
  get cancelScope(): CancelScope {
    return this.#isInAttempt && this.#attempt !== undefined ? this.#attempt : this.#whole;
  }

  /** True when the caller, or the deadline, has ended the call. */
  get isCancelled(): boolean {
    return this.#whole.isCancelled;
  }

  /** Ends the call, and whatever it is doing: the attempt, or the body that came of the last one. */
  cancel(reason: unknown): void {
    this.#whole.cancel(reason);
    this.#attempt?.cancel(reason);
  }

  /** Waits for `work`, but no longer than the call lasts. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.#whole.race(work);
  }

  /** Begins an attempt, which can be ended by itself; the body that comes of it ends with the call. */
  startAttempt(): CancelScope {
    const attempt = new CancelScope();
    if (this.isCancelled) attempt.cancel(this.#whole.reason);
    this.#attempt = attempt;
    this.#isInAttempt = true;
    this.phase = 'attempt';
    return attempt;
  }

  /** The attempt has its head, or has failed. */
  endAttempt(): void {
    this.#isInAttempt = false;
  }

  /** Leaves nothing on the caller's signal, which may outlive many calls. */
  release(): void {
    this.#caller?.removeEventListener('abort', this.#follow);
  }

  /** True when a request has a body that cannot be sent again: a stream is used up by sending it. */
  isBodyGone(request: Request): boolean {
    return !this.repeatable && request.body !== null;
  }

  /** Milliseconds left for the whole call; `Infinity` when it has no deadline, below 0 when it is over. */
  remainingMs(): number {
    return this.#deadlineAt === Infinity ? Infinity : this.#deadlineAt - this.#clock.monotonic();
  }

  /**
   * Sends a header with the request, in place of one the request may have.
   *
   * @throws InvalidHeaderError without showing the value
   */
  setHeader(name: string, value: string): void {
    this.#headerCheck.assertValid(name, value);
    this.#put(name.toLowerCase(), value);
  }

  /** Like {@link setHeader}, for a header that must not leave the origin it is meant for. */
  setCredential(name: string, value: string): void {
    this.setHeader(name, value);
    this.markCredential(name);
    if (this.#secrets === undefined) this.#secrets = [value];
    else if (!this.#secrets.includes(value)) this.#secrets.push(value);
  }

  /** Has a header of the request's own kept from other origins as well. */
  markCredential(name: string): void {
    const lower = name.toLowerCase();
    if (!this.#credentials.includes(lower)) this.#credentials.push(lower);
  }

  /** True when a stage has set this header, and it has not been dropped on the way. */
  hasHeader(name: string): boolean {
    const lower = name.toLowerCase();
    return this.#added.some((each) => each.name === lower);
  }

  /** The values of all credentials that the call has had: what must not be shown of what comes back. */
  credentialValues(): readonly string[] {
    return [...(this.#secrets ?? [])];
  }

  /** Has a stage told when the call waits between two attempts. */
  onBackoff(rest: BackoffListener): void {
    (this.#rests ??= []).push(rest);
  }

  /** Waits, and lets go for so long of what stages hold for this call. */
  async backOff(wait: () => Promise<void>): Promise<void> {
    const rests = this.#rests ?? [];
    for (const { begin } of rests) begin();
    await wait();
    for (const { end } of rests) await end();
  }

  /**
   * Forgets the credentials, and headers of these names, for this attempt: the request goes on to another origin.
   *
   * @returns the names of all that must not go along
   */
  dropCredentialHeaders(names: readonly string[] = []): readonly string[] {
    const all = [...new Set([...this.#credentials, ...names])];
    const credentials = this.#added.filter(({ name }) => this.#credentials.includes(name));
    this.#dropped = [...(this.#dropped ?? []), ...credentials];
    this.#remove(all); // their names stay: the next attempt may come this way too
    return all;
  }

  /** Begins the next attempt, at the first origin again: with the credentials that the last one has dropped. */
  startNextAttempt(): void {
    this.attempt += 1;
    for (const { name, value } of this.#dropped ?? []) this.setCredential(name, value);
    this.#dropped = undefined;
  }

  /** Forgets headers that stages have set. */
  dropHeaders(names: readonly string[]): void {
    const lower = names.map((name) => name.toLowerCase());
    this.#remove(lower);
    this.#credentials = this.#credentials.filter((name) => !lower.includes(name));
  }

  /** The request's headers with those of the stages over them. The request keeps its own. */
  headersFor(request: Request): Headers {
    if (this.#added.length === 0) return request.headers;
    const headers = new Headers(headersIn(request));
    for (const { name, value } of this.#added) headers.set(name, value);
    return headers;
  }

  /** Tells each header of {@link headersFor}, its name in lower case, without making Headers of them. */
  forEachHeader(request: Request, tell: (name: string, value: string) => void): void {
    const own = headersIn(request);
    if (own !== undefined) for (const [name, value] of own) if (!this.hasHeader(name)) tell(name, value);
    for (const { name, value } of this.#added) tell(name, value);
  }

  #remove(names: readonly string[]): void {
    this.#added = this.#added.filter(({ name }) => !names.includes(name));
  }

  #put(name: string, value: string): void {
    for (const each of this.#added) {
      if (each.name !== name) continue;
      each.value = value;
      return;
    }
    this.#added.push({ name, value });
  }
}
