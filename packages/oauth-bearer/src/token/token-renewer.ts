import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cancel } from '@bearings/client';
import { Err } from 'ts-results';
import { acquireWithin } from './acquire-within.ts';
import type { HeldToken, TokenSource } from '../sources/token-source.ts';
import { TokenClosedError } from '../errors.ts';
import type { ExpiryCheck } from './expiry-check.ts';
import { elapsedMs, instantNow, msBetween } from './instant.ts';
import type { Instant } from './instant.ts';
import type { AtomicReference } from './atomic-reference.ts';
import { SourceWatch } from './source-watch.ts';
import type { EngineSettings } from './token-options.ts';
import type { TokenListeners } from './token-events.ts';
import { TokenPublisher } from './token-publisher.ts';
import type { RenewalFailure, TokenResult, TokenSnapshot } from './token-state.ts';

export interface RenewerContext {
  readonly state: AtomicReference<TokenSnapshot>;
  readonly settings: EngineSettings;
  readonly source: TokenSource;
  readonly listeners: TokenListeners;
  readonly expiry: ExpiryCheck;
}

/** How long a caller with a valid token waits for a better one. */
const briefWaitMs = 1_000;

export const closed: TokenResult = Err(new TokenClosedError());

/** Acquires tokens into a snapshot: one acquisition at a time, by a timer before expiry, again after a failure. */
export class TokenRenewer {
  readonly #context: RenewerContext;
  readonly #watch: SourceWatch;
  readonly #publisher: TokenPublisher;
  /** Of the acquisition in flight. Made for each: on workerd a signal belongs to the request that made it. */
  #abort: AbortController | undefined;
  #isStopped = false;
  /** The async context in which the token was created: a renewal by the timer belongs to no caller's trace. */
  readonly #runInCreationContext = AsyncLocalStorage.snapshot();
  #inFlight: Promise<TokenResult> | undefined;
  /** Until when callers with a valid token wait for the acquisition in flight, on the monotonic clock. */
  #briefUntilMs = 0;
  /** What a resource requires of the next token. */
  #claims: string | undefined;
  #cancelTimer: Cancel = () => {};

  constructor(context: RenewerContext) {
    this.#context = context;
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

  /** Asks for these claims from the next acquisition on, until one succeeds. False when the source does not accept claims. */
  tryRequire(claims: string): boolean {
    if (this.#context.source.acceptsClaims !== true) return false;
    this.#claims = claims;
    return true;
  }

  /** The acquisition in flight, or a new one; during the pause after a failure that failure. */
  async getOrAcquire(): Promise<TokenResult> {
    if (this.isStopped) return closed;
    if (this.#inFlight !== undefined) return this.#inFlight;
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
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const waitMs = this.#briefUntilMs - clock.monotonic();
    if (this.#inFlight !== undefined && waitMs <= 0) return undefined;
    const cancel = clock.schedule(Math.max(waitMs, 0), () => resolve(undefined), { background: true });
    try {
      return await Promise.race([acquired, late]);
    } finally {
      cancel();
    }
  }

  /** For callers that do not wait. An acquisition answers and never throws. */
  renewIfDue(): void {
    if (this.isStopped || this.#inFlight !== undefined) return;
    if (this.#pausedBy() === undefined) void this.startAcquisition();
  }

  /** The acquisition in flight, or a new one, also during a pause. */
  startAcquisition(): Promise<TokenResult> {
    if (this.#inFlight !== undefined) return this.#inFlight;
    this.#cancelTimer();
    const { state, settings, expiry } = this.#context;
    const startedAt = instantNow(settings.clock);
    const seen = state.load();
    this.#briefUntilMs = startedAt.monotonicMs + (seen.failure === undefined ? briefWaitMs : 0);
    // set before the source is asked: it may use the token itself
    const { promise: acquisition, resolve } = Promise.withResolvers<TokenResult>();
    this.#inFlight = acquisition;
    resolve(this.#acquireOnce(seen, startedAt));
    expiry.hasExpired();
    return acquisition;
  }

  /** Stops renewal. Waiting callers get `TOKEN_CLOSED`. */
  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#isStopped = true;
    this.#abort?.abort();
    await this.#inFlight;
  }

  /** The last failure, during the pause after it. */
  #pausedBy(): RenewalFailure | undefined {
    const { failure } = this.#context.state.load();
    if (failure === undefined) return undefined;
    return elapsedMs(failure.failedAt, this.#context.settings.clock) < failure.retryAfterMs ? failure : undefined;
  }

  /**
   * One acquisition. If the current token is rejected while it is in flight and it brings that same token, or claims are
   * required meanwhile, it began too early to know: it is made once more instead of putting the rejected token back.
   */
  async #acquireOnce(before: TokenSnapshot, startedAt: Instant): Promise<TokenResult> {
    const { state, settings, source, expiry } = this.#context;
    const { cached, failure } = before;
    const wasRejected = before.isRejected || before.isKept;
    const held: HeldToken | undefined = cached && {
      access: cached.access,
      ageMs: msBetween(cached.requestedAt, startedAt),
      isRejected: wasRejected,
    };
    const claims = this.#claims;
    this.#abort = new AbortController();
    const options = { signal: this.#abort.signal, isProbe: failure !== undefined, held, claims };
    const issued = await acquireWithin(source, options, settings);
    if (issued.isErr()) expiry.hasExpired(); // a listener that uses the token now still joins this acquisition
    this.#inFlight = undefined;
    if (this.isStopped) return closed;
    if (issued.isErr()) return this.#publisher.fail(issued.error, startedAt);
    const seen = state.load();
    const isRejected = seen.isRejected || seen.isKept;
    const isUnchanged = isRejected && seen.cached?.access.secret.expose() === issued.value.value;
    if ((isUnchanged && !wasRejected) || this.#claims !== claims) return this.startAcquisition();
    this.#claims = undefined;
    return this.#publisher.publish(issued.value, { seen, startedAt, now: instantNow(settings.clock), isUnchanged });
  }

  #scheduleRenewal(delayMs: number): void {
    this.#cancelTimer();
    const { clock, hasTimer } = this.#context.settings;
    if (delayMs === Infinity || !hasTimer || this.isStopped) return;
    // the timer holds the renewer weakly: a token that is not referenced any more can be collected
    const weak = new WeakRef(this);
    const wake = (): void => void weak.deref()?.startAcquisition(); // answers, never throws
    const delay = Math.max(0, delayMs);
    this.#cancelTimer = this.#runInCreationContext(() => clock.schedule(delay, wake, { background: true }));
  }
}
