import { AsyncLocalStorage } from 'node:async_hooks';
import type { Cancel } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import { AccessToken } from '../access-token.ts';
import type { IssuedToken } from '../access-token.ts';
import { acquire } from './acquire-within.ts';
import type { TokenSource } from '../sources/client-credentials.ts';
import { dateFailure, TokenClosedError, TokenHttpError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { elapsedMs, momentOf } from './instant.ts';
import type { Moment } from './instant.ts';
import { renewAfterMs, retryAfterFailureMs } from './renewal-schedule.ts';
import type { Swap } from './atomic-reference.ts';
import type { TokenSettings } from './token-config.ts';
import type { TokenListeners } from './token-events.ts';
import { isOver } from './token-state.ts';
import type { Answer, Lease, RenewalFailure, Snapshot } from './token-state.ts';

/** What a token is renewed with. */
export interface RenewerParts {
  readonly state: Swap<Snapshot>;
  readonly settings: TokenSettings;
  readonly source: TokenSource;
  readonly listeners: TokenListeners;
  /** False for a token that is renewed at a use only. */
  readonly isTimed: boolean;
}

export const closed: Answer = Err(new TokenClosedError());

/** Brings tokens into a snapshot: one acquisition at a time, ahead of the end by a timer, later again after a failure. */
export class Renewer {
  readonly #parts: RenewerParts;
  readonly #end = new AbortController();
  /** Where the token was made: a renewal by the timer is no caller's affair, nor part of a caller's trace. */
  readonly #outside = AsyncLocalStorage.snapshot();
  #flight: Promise<Answer> | undefined;
  #cancelTimer: Cancel = () => {};
  #lastEnded: Lease | undefined;

  constructor(parts: RenewerParts) {
    this.#parts = parts;
  }

  get isStopped(): boolean {
    return this.#end.signal.aborted;
  }

  /** The acquisition under way, or a new one, or the last failure while it is too early for a new one. */
  async join(): Promise<Answer> {
    if (this.isStopped) return closed;
    if (this.#flight !== undefined) return this.#flight;
    return this.#tooEarly()?.answer ?? this.acquire();
  }

  /** For those who need not wait. The acquisition answers and never throws, so it is safe to let it go. */
  renewIfDue(): void {
    if (!this.isStopped && this.#flight === undefined && this.#tooEarly() === undefined) void this.acquire();
  }

  /** The acquisition under way, or a new one, however early it is. */
  acquire(): Promise<Answer> {
    if (this.#flight !== undefined) return this.#flight;
    this.#cancelTimer();
    const flight = this.#fly();
    this.#flight = flight;
    const { lease } = this.#parts.state.load();
    if (lease !== undefined && isOver(lease, this.#parts.settings.clock)) this.noticeEnd(lease);
    return flight;
  }

  /** Tells, once, that a token has ended without a successor. */
  noticeEnd(lease: Lease): void {
    if (this.#lastEnded === lease) return;
    this.#lastEnded = lease;
    const { listeners, settings } = this.#parts;
    const overdueMs = elapsedMs(lease.since, settings.clock) - lease.lifetimeMs;
    listeners.tell({ type: 'expired', at: settings.clock.now(), generation: lease.access.generation, overdueMs });
  }

  /** Ends it. Whoever waits gets `CLOSED`. */
  async stop(): Promise<void> {
    this.#cancelTimer();
    this.#end.abort();
    await this.#flight;
  }

  /** The last failure, while it is too early to try again. */
  #tooEarly(): RenewalFailure | undefined {
    const { failure } = this.#parts.state.load();
    if (failure === undefined) return undefined;
    return elapsedMs(failure.since, this.#parts.settings.clock) < failure.retryAfterMs ? failure : undefined;
  }

  /**
   * One acquisition. If the current token is rejected while it is under way and it brings that same token, it began
   * too early to know: it is made once more instead of putting the rejected token back.
   */
  async #fly(): Promise<Answer> {
    const { state, settings, source } = this.#parts;
    const { isRejected: wasRejected, failure } = state.load();
    const since = momentOf(settings.clock);
    const issued = await acquire(source, { signal: this.#end.signal, isProbe: failure !== undefined }, settings);
    this.#flight = undefined;
    if (this.isStopped) return closed;
    if (issued.isErr()) return this.#fail(issued.error, since);
    const { lease, isRejected } = state.load();
    const isUnchanged = isRejected && lease?.access.secret.expose() === issued.value.value;
    if (isUnchanged && !wasRejected) return this.acquire();
    return this.#publish(issued.value, since, isUnchanged);
  }

  #publish(issued: IssuedToken, since: Moment, isUnchanged: boolean): Answer {
    const { state, settings, listeners } = this.#parts;
    const { clock, random } = settings;
    const { lease: last, isRejected, failure } = state.load();
    const { lifetimeMs, secret } = issued;
    const access = new AccessToken(issued, since.wall, (last?.access.generation ?? 0) + 1);
    const lease = { access, since, lifetimeMs, renewAfterMs: renewAfterMs(lifetimeMs, settings, random), isUnchanged };
    const answer = Ok(access);
    const isLate = last === undefined || isOver(last, clock);
    state.store({ answer, lease, isRejected: false, failure: undefined });
    const tookMs = elapsedMs(since, clock);
    this.#wakeIn(lease.renewAfterMs - tookMs);
    const { generation } = access;
    const arrival = { at: clock.now(), generation, tookMs, lifetimeMs, ...(secret !== undefined && { secret }) };
    if (isRejected) listeners.tell({ type: 'rotated', isChanged: !isUnchanged, ...arrival });
    else listeners.tell({ type: isLate ? 'acquired' : 'renewed', ...arrival });
    if (failure !== undefined) {
      listeners.tell({
        type: 'recovered',
        at: clock.now(),
        failures: failure.count,
        downMs: elapsedMs(failure.firstAt, clock),
      });
    }
    return answer;
  }

  #fail(error: TokenError, began: Moment): Answer {
    const { state, settings, listeners } = this.#parts;
    const { clock, random } = settings;
    const seen = state.load();
    const { lease } = seen;
    const since = momentOf(clock);
    const count = (seen.failure?.count ?? 0) + 1;
    const isUsable = lease !== undefined && seen.answer.isOk() && !isOver(lease, clock);
    const validMs = isUsable ? lease.lifetimeMs - elapsedMs(lease.since, clock) : Infinity;
    const askedMs = error instanceof TokenHttpError ? error.retryAfterMs : undefined;
    const facts = { count, isPassing: error.retryable, retryAfterMs: askedMs, validMs };
    const retryAfterMs = retryAfterFailureMs(facts, random);
    const retryAt = since.wall + retryAfterMs;
    dateFailure(error, since.wall, retryAt);
    const answer = Err(error);
    const failure = { answer, error, count, firstAt: seen.failure?.firstAt ?? since, since, retryAfterMs };
    state.store({ ...seen, answer: isUsable ? seen.answer : answer, failure });
    if (lease !== undefined) this.#wakeIn(retryAfterMs);
    const tookMs = elapsedMs(began, clock);
    listeners.tell({ type: 'renewal-failed', at: since.wall, error, failures: count, tookMs, retryAt });
    return answer;
  }

  #wakeIn(delayMs: number): void {
    this.#cancelTimer();
    if (delayMs === Infinity || !this.#parts.isTimed || this.isStopped) return;
    // the timer knows the renewer only weakly: a token that nobody holds any more is not kept alive by its renewal
    const weak = new WeakRef(this);
    const wake = (): void => void weak.deref()?.acquire(); // answers, never throws
    const { clock } = this.#parts.settings;
    this.#cancelTimer = this.#outside(() => clock.schedule(Math.max(0, delayMs), wake, { background: true }));
  }
}
