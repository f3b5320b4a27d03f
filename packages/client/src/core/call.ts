import type { NotRetried } from '../errors/not-retried.ts';
import type { CallPhase } from '../errors/timeout.ts';
import type { HeaderValidator } from '../security/header-validator.ts';
import type { Clock } from '../time/clock.ts';
import { CallHeaders } from './call-headers.ts';
import type { CallOptions } from './call-options.ts';
import type { ClientRequest } from './request.ts';
import { CancelScope } from './cancel-scope.ts';

/** What a call is made with. */
export interface CallContext {
  readonly options: CallOptions;
  /** The caller's signal, if there is one. */
  readonly signal?: AbortSignal | null | undefined;
  readonly clock: Clock;
  /** Remembers valid headers between calls. Default: a new one. */
  readonly headerValidator?: HeaderValidator;
  /** Time limit for each attempt, in milliseconds, until the response headers arrive; `Infinity` for no limit. */
  readonly attemptTimeoutMs: number;
  /** Time limit for the whole call, in milliseconds; `Infinity` for no limit. */
  readonly totalTimeoutMs: number;
  /** The monotonic time at which the call began. Default: now. */
  readonly startedAt?: number | undefined;
  /** The call that this one is sent for. Default: none. */
  readonly parent?: Call;
}

/** Called around each wait between two attempts. */
export interface BackoffListener {
  /** The wait begins: others may have what the stage holds for the call. */
  readonly begin: () => void;
  /** The wait is over. The call goes on when the promise resolves. */
  readonly end: () => Promise<void>;
}

type SendOne = (request: ClientRequest, call: Call) => Promise<Response>;

const unlimited = (): boolean => true;

/** The state of one call: its options, its attempt, its cancellation and deadline, and the headers that stages add. */
export class Call {
  /** What the caller has set for this call alone. */
  readonly options: CallOptions;
  /** The headers that stages add to the request. */
  readonly headers: CallHeaders;
  /** Time limit for the whole call, in milliseconds; `Infinity` for no limit. */
  readonly totalTimeoutMs: number;
  /** Time limit for each attempt, in milliseconds, until the response headers arrive; `Infinity` for no limit. */
  readonly attemptTimeoutMs: number;
  /** The number of the attempt, from 1. */
  attempt = 1;
  /**
   * What the transport does with a redirect: returns the 3xx, or refuses it. Refusing lets `fetch` send a stream
   * without keeping a copy (Fetch standard, HTTP-network-or-cache fetch, step 3).
   */
  redirect: 'manual' | 'error' = 'manual';
  /**
   * Sends each request of the call that really goes out: each attempt, each replay, each redirect. For a stage that signs
   * the request, such as one with DPoP proofs. `undefined`: requests are sent as they are.
   */
  sendSigned: ((request: ClientRequest, call: Call, send: SendOne) => Promise<Response>) | undefined = undefined;
  /** What the call is doing now, for the error of a deadline. */
  phase: CallPhase = 'start';
  /** Why the last attempt failed, if it did: the cause of the error when the deadline ends the call. */
  lastFailure: unknown = undefined;
  /** Why the last attempt was not retried, when another one might have succeeded. */
  notRetried: NotRetried | undefined = undefined;
  /** Takes a further request from the client's retry budget, if there is one left. For layers that send more than asked. */
  takeFromBudget: () => boolean = unlimited;
  readonly #parent: Call | undefined;
  readonly #whole = new CancelScope();
  #attemptScope: CancelScope | undefined;
  #isInAttempt = false;
  readonly #callerSignal: AbortSignal | null | undefined;
  readonly #cancelByCaller = (): void => this.cancel(this.#callerSignal?.reason);
  readonly #clock: Clock;
  readonly #deadlineAt: number;
  #backoffListeners: BackoffListener[] | undefined;
  #isBackingOff = false;
  #mayBackOff = true;

  constructor({ options, signal, clock, headerValidator, parent, ...times }: CallContext) {
    const { attemptTimeoutMs, totalTimeoutMs, startedAt } = times;
    this.options = options;
    this.#parent = parent;
    this.headers = new CallHeaders(headerValidator);
    this.attemptTimeoutMs = attemptTimeoutMs;
    this.totalTimeoutMs = totalTimeoutMs;
    this.#callerSignal = signal;
    signal?.addEventListener('abort', this.#cancelByCaller, { once: true });
    this.#clock = clock;
    this.#deadlineAt = totalTimeoutMs === Infinity ? Infinity : (startedAt ?? clock.monotonic()) + totalTimeoutMs;
  }

  /** The call of the caller: this one, unless it was made by {@link fork}. */
  get root(): Call {
    return this.#parent?.root ?? this;
  }

  /** The signal of {@link cancelScope}. Created on first use: a signal costs more than all stages of a good call. */
  get signal(): AbortSignal {
    return this.cancelScope.signal;
  }

  /** What can be cancelled now: the attempt while there is one, else the call. */
  get cancelScope(): CancelScope {
    return this.#isInAttempt && this.#attemptScope !== undefined ? this.#attemptScope : this.#whole;
  }

  /** True when the caller or the deadline has ended the call. */
  get isCancelled(): boolean {
    return this.#whole.isCancelled;
  }

  /** What the call was ended with, when it was. */
  get cancelReason(): unknown {
    return this.#whole.reason;
  }

  /**
   * A call for one of several requests that are sent at once for this call. It is cancelled with this call, also by its
   * deadline, and has a copy of its headers. Let this call {@link adopt} the one whose response is used.
   */
  fork(): Call {
    const { options, attemptTimeoutMs, totalTimeoutMs } = this;
    const fork = new Call({
      options,
      signal: this.#whole.signal,
      clock: this.#clock,
      attemptTimeoutMs,
      totalTimeoutMs,
      startedAt: this.#deadlineAt - totalTimeoutMs,
      parent: this,
    });
    fork.headers.adopt(this.headers);
    fork.attempt = this.attempt;
    fork.redirect = this.redirect;
    fork.sendSigned = this.sendSigned;
    fork.takeFromBudget = this.takeFromBudget;
    if (this.isCancelled) fork.cancel(this.cancelReason);
    return fork;
  }

  /** Takes over the headers of a {@link fork}: previews of errors hide its credentials too. */
  adopt({ headers, redirect }: Call): void {
    this.headers.adopt(headers);
    this.redirect = redirect;
  }

  /** Ends the call and what it is doing: the attempt, or the body of the last response. */
  cancel(reason: unknown): void {
    this.#whole.cancel(reason);
    this.#attemptScope?.cancel(reason);
  }

  /** Waits for `work`, but no longer than the call lasts. */
  race<T>(work: Promise<T>): Promise<T> {
    return this.#whole.race(work);
  }

  /** Starts an attempt, which can be cancelled by itself. The body of its response is cancelled with the call. */
  startAttempt(): CancelScope {
    const attempt = new CancelScope();
    if (this.#whole.isCancelled) attempt.cancel(this.#whole.reason);
    this.#attemptScope = attempt;
    this.#isInAttempt = true;
    this.phase = 'attempt';
    return attempt;
  }

  /** The response headers are here, or the attempt has failed. */
  endAttempt(): void {
    this.#isInAttempt = false;
  }

  /** Counts the next attempt. It begins at the first origin again, so it has its credentials back. */
  startNextAttempt(): void {
    this.attempt += 1;
    this.headers.restoreCredentials();
  }

  /** Removes the listener on the caller's signal, which may outlive many calls. */
  release(): void {
    this.#callerSignal?.removeEventListener('abort', this.#cancelByCaller);
  }

  /** Milliseconds left for the whole call; `Infinity` without a deadline, negative when it is over. */
  remainingMs(): number {
    return this.#deadlineAt === Infinity ? Infinity : this.#deadlineAt - this.#clock.monotonic();
  }

  /** Registers a listener for the waits between attempts. */
  onBackoff(listener: BackoffListener): void {
    (this.#backoffListeners ??= []).push(listener);
  }

  /** Waits between two attempts. Meanwhile others may have what stages hold for this call. */
  async backOff(wait: () => Promise<void>): Promise<void> {
    const listeners = this.#backoffListeners ?? [];
    for (const { begin } of listeners) begin();
    this.#isBackingOff = true;
    await wait();
    this.#isBackingOff = false;
    for (const { end } of listeners) await end();
  }

  /** False when the client is closing: no wait between two attempts begins any more. */
  get mayBackOff(): boolean {
    return this.root.#mayBackOff;
  }

  /** Ends the call if it waits between two attempts, and allows no such wait from now on. */
  endBackoff(reason: unknown): void {
    this.#mayBackOff = false;
    if (this.#isBackingOff) this.cancel(reason);
  }
}
