import type { Cancel } from '@bearings/client';
import { Err } from 'ts-results';
import { acquireWithin } from './acquire-within.ts';
import { remainingJoinMs } from './acquisition.ts';
import type { Acquisition } from './acquisition.ts';
import { builtIn } from '../node/built-in.ts';
import type { HeldToken, StoreReport, TokenSource } from '../sources/token-source.ts';
import { TokenClosedError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { ExpiryCheck } from './expiry-check.ts';
import { elapsedMs, instantNow, msBetween } from './instant.ts';
import type { AtomicReference } from './atomic-reference.ts';
import type { RequiredClaims } from './required-claims.ts';
import type { RateLimiter } from './rotation-limit.ts';
import { SourceWatch } from './source-watch.ts';
import type { EngineSettings } from './token-options.ts';
import type { TokenListeners } from './token-events.ts';
import { TokenPublisher } from './token-publisher.ts';
import type { RenewalFailure, TokenResult, TokenSnapshot } from './token-state.ts';
import { withinMs } from './within-ms.ts';

export interface RenewerContext {
  readonly state: AtomicReference<TokenSnapshot>;
  readonly settings: EngineSettings;
  readonly source: TokenSource;
  readonly listeners: TokenListeners;
  readonly expiry: ExpiryCheck;
  readonly rotations: RateLimiter;
  readonly required: RequiredClaims;
}

/** How long a caller with a valid token waits for a better one. */
const briefWaitMs = 1_000;

export const closed: TokenResult = Err(new TokenClosedError());

/** Acquires tokens into a snapshot: one acquisition at a time, by a timer before expiry, again after a failure. */
export class TokenRenewer {
  readonly #context: RenewerContext;
  readonly #watch: SourceWatch;
  readonly #publisher: TokenPublisher;
  readonly #hasTimer: boolean;
  #isStopped = false;
  /** The async context in which the token was created: a renewal by the timer belongs to no caller's trace. */
  readonly #runInCreationContext: <R>(act: () => R) => R;
  #inFlight: Acquisition | undefined;
  /** Until when callers with a valid token wait for the acquisition in flight, on the monotonic clock. */
  #briefUntilMs = 0;
  #cancelTimer: Cancel = () => {};

  constructor(context: RenewerContext) {
    this.#context = context;
    const { hasTimer, isRequestBound } = context.settings;
    this.#hasTimer = hasTimer && !isRequestBound; // a timer would end with its request
    const hooks = this.#hasTimer ? builtIn('node:async_hooks') : undefined;
    this.#runInCreationContext = hooks?.AsyncLocalStorage.snapshot() ?? ((act) => act());
    this.#watch = new SourceWatch(context.source, context.settings.clock);
    this.#publisher = new TokenPublisher({ ...context, schedule: (delayMs) => this.#scheduleRenewal(delayMs) });
    if (context.settings.initial !== undefined) this.#publisher.seed(context.settings.initial);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get isAcquiring(): boolean {
    return this.#inFlight !== undefined;
  }

  /** True during the pause after a failure. */
  get isPaused(): boolean {
    return this.#inFlight === undefined && this.#pausedBy() !== undefined;
  }

  /** The acquisition in flight, or a new one; during the pause after a failure that failure. */
  async getOrAcquire(): Promise<TokenResult> {
    if (this.isStopped) return closed;
    const current = this.#joinable();
    if (current !== undefined) return this.#join(current);
    const failure = this.#pausedBy();
    if (failure === undefined) return this.startAcquisition();
    if (failure.error.kind === 'transient' || !this.#watch.canWatch) return failure.result;
    return (await this.#watch.hasChanged()) && !this.isStopped ? this.startAcquisition() : failure.result;
  }

  /**
   * Waits for an acquisition as long as a caller with a valid token should: a second from its start, and not at all for
   * an attempt after a failure.
   */
  async waitBriefly(acquired: Promise<TokenResult>): Promise<TokenResult | undefined> {
    const { clock } = this.#context.settings;
    const waitMs = this.#briefUntilMs - clock.monotonic();
    if (this.#inFlight !== undefined && waitMs <= 0) return undefined;
    return withinMs(acquired, waitMs, clock);
  }

  /** For callers that do not wait. An acquisition answers and never throws. */
  renewIfDue(): void {
    if (this.isStopped || this.#joinable() !== undefined) return;
    if (this.#pausedBy() === undefined) void this.startAcquisition();
  }

  /** The acquisition in flight, or a new one, also during a pause. */
  startAcquisition({ isFollowUp }: Pick<Acquisition, 'isFollowUp'> = { isFollowUp: false }): Promise<TokenResult> {
    const current = this.#joinable();
    if (current !== undefined) return this.#join(current);
    this.#cancelTimer();
    const { state, settings, expiry } = this.#context;
    const startedAt = instantNow(settings.clock);
    const before = state.load();
    this.#briefUntilMs = startedAt.monotonicMs + (before.failure === undefined ? briefWaitMs : 0);
    // set before the source is asked: it may use the token itself
    const { promise: result, resolve } = Promise.withResolvers<TokenResult>();
    const controller = new AbortController();
    const acquisition = { result, startedAt, before, controller, claims: this.#context.required.current, isFollowUp };
    this.#inFlight = acquisition;
    resolve(this.#acquireOnce(acquisition));
    keepRunning(result, settings.background);
    expiry.hasExpired();
    return result;
  }

  /** The acquisition in flight, unless its request may have ended: then it is given up. */
  #joinable(): Acquisition | undefined {
    const current = this.#inFlight;
    if (current === undefined) return undefined;
    const { source, settings } = this.#context;
    if (remainingJoinMs(current, source, settings) > 0) return current;
    this.#giveUp(current);
    return undefined;
  }

  /** Waits for an acquisition. If it does not answer in time, its request may have ended: then another one is made. */
  #join(acquisition: Acquisition): Promise<TokenResult> {
    const { source, settings } = this.#context;
    const limitMs = remainingJoinMs(acquisition, source, settings);
    return limitMs === Infinity ? acquisition.result : this.#joinWithin(limitMs, acquisition);
  }

  async #joinWithin(limitMs: number, acquisition: Acquisition): Promise<TokenResult> {
    const { state, settings } = this.#context;
    const result = await withinMs(acquisition.result, limitMs, settings.clock);
    if (result !== undefined) return result;
    this.#giveUp(acquisition);
    const now = state.load();
    return now.result.isOk() && now.cached !== acquisition.before.cached ? now.result : this.getOrAcquire();
  }

  /** Stops waiting for an acquisition. A source that must not be asked twice has failed then, as after a lost answer. */
  #giveUp(acquisition: Acquisition): void {
    if (this.#inFlight !== acquisition) return;
    this.#inFlight = undefined;
    this.#context.required.onFailure(acquisition.claims);
    const { name = 'the token source', retry = 'safe' } = this.#context.source;
    if (retry === 'safe' || this.isStopped) return;
    const kind = retry === 'once' && acquisition.before.failure === undefined ? 'transient' : 'terminal';
    const problem = `the request that asked ${name} ended before the answer`;
    this.#publisher.fail(new TokenUnavailableError(problem, { kind }), acquisition.startedAt);
  }

  /** Stops renewal. Waiting callers get `TOKEN_CLOSED`. */
  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#isStopped = true;
    const current = this.#inFlight;
    if (current === undefined) return;
    if (!this.#context.settings.isRequestBound) current.controller.abort(); // another request's must not be touched
    await this.#join(current);
  }

  /** The last failure, during the pause after it. */
  #pausedBy(): RenewalFailure | undefined {
    const { failure } = this.#context.state.load();
    if (failure === undefined) return undefined;
    return elapsedMs(failure.failedAt, this.#context.settings.clock) < failure.retryAfterMs ? failure : undefined;
  }

  /**
   * One acquisition. If the current token is rejected while it is in flight and it brings that same token, it began too
   * early to know: it is made once more instead of putting the rejected token back.
   */
  async #acquireOnce(acquisition: Acquisition): Promise<TokenResult> {
    const { state, settings, source, listeners, expiry } = this.#context;
    const { before, startedAt, controller, claims } = acquisition;
    const { cached, failure } = before;
    const wasRejected = before.isRejected || before.isKept;
    const held: HeldToken | undefined = cached && {
      access: cached.access,
      ageMs: msBetween(cached.requestedAt, startedAt),
      isRejected: wasRejected,
    };
    const report = (event: StoreReport): void =>
      listeners.notify({ type: 'store', at: settings.clock.now(), ...event });
    const options = { signal: controller.signal, isProbe: failure !== undefined, held, claims, report };
    const issued = await acquireWithin(source, options, settings);
    if (issued.isErr()) expiry.hasExpired(); // a listener that uses the token now still joins this acquisition
    // another request may have given it up and begun a new one, which then decides about failures
    const isCurrent = this.#inFlight === acquisition;
    if (isCurrent) this.#inFlight = undefined;
    if (this.isStopped) return closed;
    if (issued.isErr() && !isCurrent) return issued;
    if (issued.isErr()) return this.#fail(issued.error, acquisition);
    const seen = state.load();
    if (!isCurrent && seen.cached !== cached) return seen.result;
    const isRejected = seen.isRejected || seen.isKept;
    const isUnchanged = isRejected && seen.cached?.access.secret.expose() === issued.value.value;
    if (isUnchanged && !wasRejected) return this.startAcquisition();
    this.#context.required.onSuccess(claims);
    const arrival = { seen, startedAt, now: instantNow(settings.clock), isUnchanged };
    const published = this.#publisher.publish(issued.value, arrival);
    this.#followUp(acquisition);
    return published;
  }

  /**
   * A refusal may be about the claims. So one attempt without them follows at once: callers without a token wait for it, and
   * with a valid one the next rejection does not meet the pause after the refusal.
   */
  #fail(error: TokenError, { claims, startedAt }: Acquisition): Promise<TokenResult> | TokenResult {
    this.#context.required.onFailure(claims);
    const failed = this.#publisher.fail(error, startedAt);
    if (claims === undefined || error.kind !== 'permanent' || this.isStopped) return failed;
    const isServed = this.#context.state.load().result.isOk();
    const plain = this.startAcquisition(); // within the allowance of rotations, because the attempt with claims was
    return isServed ? failed : plain;
  }

  /**
   * Asks once more when claims were required while the acquisition was in flight. Its token is in use meanwhile: where the
   * claims change with each response, no acquisition would ever have the last ones.
   */
  #followUp({ isFollowUp }: Acquisition): void {
    if (isFollowUp || this.isStopped || this.isAcquiring || this.#context.required.current === undefined) return;
    if (this.#context.rotations.tryTake()) void this.startAcquisition({ isFollowUp: true }); // answers, never throws
  }

  #scheduleRenewal(delayMs: number): void {
    this.#cancelTimer();
    const { clock } = this.#context.settings;
    if (delayMs === Infinity || !this.#hasTimer || this.isStopped) return;
    // the timer holds the renewer weakly: a token that is not referenced any more can be collected
    const weak = new WeakRef(this);
    const wake = (): void => void weak.deref()?.startAcquisition(); // answers, never throws
    const delay = Math.max(0, delayMs);
    this.#cancelTimer = this.#runInCreationContext(() => clock.schedule(delay, wake, { background: true }));
  }
}

function keepRunning(acquisition: Promise<unknown>, background: EngineSettings['background']): void {
  try {
    background?.(acquisition);
  } catch {
    // outside a request there is nothing to outlive
  }
}
