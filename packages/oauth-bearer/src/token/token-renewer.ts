import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cancel } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import { AccessToken } from '../access-token.ts';
import { acquireWithin } from './acquire-within.ts';
import type { HeldToken, IssuedToken, TokenSource } from '../sources/token-source.ts';
import { stampFailure, TokenClosedError, TokenHttpError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { pauseAfterFailureMs } from './failure-backoff.ts';
import { elapsedMs, instantBefore, instantNow, msBetween } from './instant.ts';
import type { Instant } from './instant.ts';
import { renewAfterMs } from './renewal-schedule.ts';
import type { AtomicReference } from './atomic-reference.ts';
import { SourceWatch } from './source-watch.ts';
import type { EngineSettings } from './token-options.ts';
import type { TokenListeners } from './token-events.ts';
import { isExpired } from './token-state.ts';
import type { CachedToken, RenewalFailure, TokenResult, TokenSnapshot } from './token-state.ts';

export interface RenewerContext {
  readonly state: AtomicReference<TokenSnapshot>;
  readonly settings: EngineSettings;
  readonly source: TokenSource;
  readonly listeners: TokenListeners;
}

/** A token that has come, and the snapshot it came into. */
interface Arrival {
  readonly seen: TokenSnapshot;
  readonly startedAt: Instant;
  readonly now: Instant;
  readonly isUnchanged: boolean;
}

export const closed: TokenResult = Err(new TokenClosedError());

/** Acquires tokens into a snapshot: one acquisition at a time, by a timer before expiry, again after a failure. */
export class TokenRenewer {
  readonly #context: RenewerContext;
  readonly #watch: SourceWatch;
  readonly #end = new AbortController();
  /** The async context in which the token was created: a renewal by the timer belongs to no caller's trace. */
  readonly #runInCreationContext = AsyncLocalStorage.snapshot();
  #inFlight: Promise<TokenResult> | undefined;
  #cancelTimer: Cancel = () => {};
  #lastExpired: CachedToken | undefined;

  constructor(context: RenewerContext) {
    this.#context = context;
    this.#watch = new SourceWatch(context.source, context.settings.clock);
  }

  get isStopped(): boolean {
    return this.#end.signal.aborted;
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

  /** For callers that do not wait. An acquisition answers and never throws. */
  renewIfDue(): void {
    if (this.isStopped || this.#inFlight !== undefined) return;
    if (this.#pausedBy() === undefined) void this.startAcquisition();
  }

  /** The acquisition in flight, or a new one, also during a pause. */
  startAcquisition(): Promise<TokenResult> {
    if (this.#inFlight !== undefined) return this.#inFlight;
    this.#cancelTimer();
    const { state, settings } = this.#context;
    const startedAt = instantNow(settings.clock);
    const seen = state.load();
    // set before the source is asked: it may use the token itself
    const { promise: acquisition, resolve } = Promise.withResolvers<TokenResult>();
    this.#inFlight = acquisition;
    resolve(this.#acquireOnce(seen, startedAt));
    const { cached } = seen;
    if (cached !== undefined && msBetween(cached.requestedAt, startedAt) >= cached.lifetimeMs)
      this.reportExpiry(cached);
    return acquisition;
  }

  /** Reports, once, that a token has expired without a successor. */
  reportExpiry(cached: CachedToken): void {
    if (this.#lastExpired === cached) return;
    this.#lastExpired = cached;
    const { listeners, settings } = this.#context;
    const overdueMs = elapsedMs(cached.requestedAt, settings.clock) - cached.lifetimeMs;
    listeners.notify({ type: 'expired', at: settings.clock.now(), generation: cached.access.generation, overdueMs });
  }

  /** Stops renewal. Waiting callers get `CLOSED`. */
  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#end.abort();
    await this.#inFlight;
  }

  /** Publishes a token that was not acquired: it is there from the start. */
  seed(issued: IssuedToken): void {
    const now = instantNow(this.#context.settings.clock);
    this.#store(issued, { seen: this.#context.state.load(), startedAt: now, now, isUnchanged: true });
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
  async #acquireOnce(before: TokenSnapshot, startedAt: Instant): Promise<TokenResult> {
    const { state, settings, source } = this.#context;
    const { cached, isRejected: wasRejected, failure } = before;
    const held: HeldToken | undefined = cached && {
      access: cached.access,
      ageMs: msBetween(cached.requestedAt, startedAt),
      isRejected: wasRejected,
    };
    const options = { signal: this.#end.signal, isProbe: failure !== undefined, held };
    const issued = await acquireWithin(source, options, settings);
    this.#inFlight = undefined;
    if (this.isStopped) return closed;
    if (issued.isErr()) return this.#fail(issued.error, startedAt);
    const seen = state.load();
    const isUnchanged = seen.isRejected && seen.cached?.access.secret.expose() === issued.value.value;
    if (isUnchanged && !wasRejected) return this.startAcquisition();
    return this.#publish(issued.value, { seen, startedAt, now: instantNow(settings.clock), isUnchanged });
  }

  #publish(issued: IssuedToken, arrival: Arrival): TokenResult {
    const { listeners } = this.#context;
    const { seen, startedAt, now, isUnchanged } = arrival;
    const { cached: last, isRejected, failure } = seen;
    const { lifetimeMs, secret } = issued;
    const access = this.#store(issued, arrival);
    const isLate = last === undefined || msBetween(last.requestedAt, now) >= last.lifetimeMs;
    const at = now.wallMs;
    const tookMs = msBetween(startedAt, now);
    const { generation } = access;
    const facts = { at, generation, tookMs, lifetimeMs, ...(secret !== undefined && { secret }) };
    if (isRejected) listeners.notify({ type: 'rotated', isChanged: !isUnchanged, ...facts });
    else listeners.notify({ type: isLate ? 'acquired' : 'renewed', ...facts });
    if (failure !== undefined) {
      const downMs = msBetween(failure.firstFailedAt, now);
      listeners.notify({ type: 'recovered', at, failures: failure.count, downMs });
    }
    return Ok(access);
  }

  /** Puts a token into the snapshot and schedules its renewal. */
  #store(issued: IssuedToken, { seen, startedAt, now, isUnchanged }: Arrival): AccessToken {
    const { state, settings } = this.#context;
    const { lifetimeMs, ageMs = 0, scopes = [], value, scheme, username } = issued;
    const last = seen.cached?.access;
    const requestedAt = ageMs === 0 ? startedAt : instantBefore(startedAt, ageMs);
    const issuedAt = requestedAt.wallMs;
    const generation = (last?.generation ?? 0) + 1;
    const made = new AccessToken({ value, scopes, scheme, username, lifetimeMs, issuedAt, generation });
    const isKept = lifetimeMs === Infinity && last?.isSameAs(made) === true; // a static secret that has not changed
    const access = isKept ? last : made;
    const renewAfter = renewAfterMs({ lifetimeMs, ageMs }, settings, settings.random);
    const cached = { access, requestedAt, lifetimeMs, renewAfterMs: renewAfter, isUnchanged };
    state.store({ result: Ok(access), cached, isRejected: false, failure: undefined });
    this.#scheduleRenewal(renewAfter - msBetween(requestedAt, now));
    return access;
  }

  #fail(error: TokenError, startedAt: Instant): TokenResult {
    const { state, settings, listeners } = this.#context;
    const { clock, random, backoff, keepsRejected } = settings;
    const seen = state.load();
    const { cached } = seen;
    const failedAt = instantNow(clock);
    const count = (seen.failure?.count ?? 0) + 1;
    const isAlive = cached !== undefined && !isExpired(cached, clock);
    const isKept = isAlive && seen.isRejected && keepsRejected;
    const isUsable = isAlive && (seen.result.isOk() || isKept);
    const validMs = isUsable ? cached.lifetimeMs - elapsedMs(cached.requestedAt, clock) : Infinity;
    const retryAfterMs = error instanceof TokenHttpError ? error.retryAfterMs : undefined;
    const pauseMs = pauseAfterFailureMs({ count, kind: error.kind, retryAfterMs, validMs }, backoff, random);
    const retryAt = failedAt.wallMs + pauseMs;
    stampFailure(error, failedAt.wallMs, retryAt);
    const failed = Err(error);
    const firstFailedAt = seen.failure?.firstFailedAt ?? failedAt;
    const failure = { result: failed, error, count, firstFailedAt, failedAt, retryAfterMs: pauseMs };
    const result = isKept ? Ok(cached.access) : isUsable ? seen.result : failed;
    state.store({ ...seen, result, isRejected: seen.isRejected && !isKept, failure });
    if (cached !== undefined) this.#scheduleRenewal(pauseMs);
    const tookMs = elapsedMs(startedAt, clock);
    listeners.notify({ type: 'renewal-failed', at: failedAt.wallMs, error, failures: count, tookMs, retryAt });
    return isKept ? result : failed;
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
