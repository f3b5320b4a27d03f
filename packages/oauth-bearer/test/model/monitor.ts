import { inspect } from 'node:util';
import type { TokenEvent } from '../../src/token/token-events.ts';
import type { TokenStatus } from '../../src/token/token-handle.ts';
import { Ages } from './ages.ts';
import { findFailureProblems } from './failure-problems.ts';
import type { EventByType } from './failure-problems.ts';
import { RotationRecord } from './rotation-record.ts';
import { RuleBook } from './rule-book.ts';
import type { Rules } from './rule-book.ts';
import { noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { Acquisition, Outage, Published, Served } from './observed.ts';
import type { Instant } from './times.ts';
import { briefWaitMs, backoffSpan, driftMs, isWithin, renewalSpan } from './times.ts';
import { canary } from './scripted-endpoint.ts';
import type { PendingRequest, EndpointObserver, Answered } from './scripted-endpoint.ts';

/**
 * The reference: the life of a token as it must be, derived from requests, responses, events and what callers do.
 *
 * It never asks the token what to expect. Broken rules are collected in {@link violations}.
 */
export class Monitor extends RuleBook implements EndpointObserver {
  readonly published: Published[] = [];
  readonly counts: Counts = { ...noCounts };
  readonly #rules: Rules;
  /** The step in which a generation was rejected. */
  readonly #rejectedIn = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #rotations: RotationRecord;
  readonly #ages: Ages;
  #isUsed = false;
  #demandMs = 0;
  /** True when a caller of this step needs an acquisition. */
  #isOwed = false;
  #tookOffIn = -1;
  /** True while the current token is rotated. */
  #isRejected = false;
  /** True after a rotation has failed: the rejected token stays in use. */
  #isKept = false;
  /** True when nothing has failed since the current token was rejected. */
  #isUntried = false;
  /** The age at which the current token is renewed ahead, by the last status; `Infinity`: not ahead. */
  #renewAfterMs = Infinity;
  /** The step in which it was closed. */
  #closedIn = Infinity;
  #flight: Acquisition | undefined;
  #outage: Outage | undefined;
  #recovery: Outage | undefined;
  #rotationIn = -1;

  constructor(rules: Rules) {
    super();
    this.#rules = rules;
    this.#ages = new Ages(rules);
    this.#rotations = new RotationRecord(rules.clock, rules.timing.minRefreshPeriodMs);
  }

  get current(): Published | undefined {
    return this.published.at(-1);
  }

  get isClosed(): boolean {
    return this.#closedIn <= this.step;
  }

  /** True when it was closed before this step, so that callers can only get CLOSED. */
  get wasClosed(): boolean {
    return this.#closedIn < this.step;
  }

  /** True when the expiry of the current token must have been reported. */
  get isEndSilent(): boolean {
    const { current } = this;
    if (current === undefined || this.#isRejected || this.isClosed) return false;
    return this.#ages.isOver(current) && !this.#ended.has(current.generation);
  }

  /** True when the current token has expired. Once reported that is final, also when the clock is set back. */
  get #isOver(): boolean {
    const { current } = this;
    return current !== undefined && (this.#ended.has(current.generation) || this.#ages.isOver(current));
  }

  get isFlying(): boolean {
    return this.#flight !== undefined;
  }

  /** The acquisition in flight. */
  get flightNumber(): number | undefined {
    return this.#flight === undefined ? undefined : this.counts.flights;
  }

  /** True during the pause after a failure. */
  get isBackingOff(): boolean {
    return this.#outage !== undefined && this.#ages.elapsedMs(this.#outage.failedAt) < this.#outage.retryAfterMs;
  }

  /** True when callers can get the current token. */
  get isUsable(): boolean {
    if (this.current === undefined || this.#isRejected || this.isClosed) return false;
    return !this.#isOver;
  }

  /** True when callers have a valid token, be it one that is being rotated: they wait at most for a moment. */
  get hasFallback(): boolean {
    if (this.current === undefined || this.isClosed || this.#isOver) return false;
    return this.isUsable || this.#flight !== undefined;
  }

  /** True when callers with a valid token do not wait for the acquisition in flight any more. */
  get isBriefOver(): boolean {
    const flight = this.#flight;
    if (flight === undefined) return true;
    return flight.isProbe || this.#ages.now().monotonic - flight.startedAt.monotonic >= briefWaitMs - driftMs;
  }

  /** True when a caller may have the token that is being rotated: a caller may have waited since before a repetition. */
  get mayFallBack(): boolean {
    const flight = this.#flight;
    const waitedMs = flight === undefined ? Infinity : this.#ages.now().monotonic - flight.briefFrom.monotonic;
    return this.hasFallback && (this.isBriefOver || waitedMs >= briefWaitMs - driftMs);
  }

  /** The error that `read` answers without a token: the last failure, unless nothing has failed since the rejection. */
  get reason(): string {
    if (this.isClosed) return 'TOKEN_CLOSED';
    return this.#isRejected && this.#isUntried ? 'TOKEN_UNAVAILABLE' : (this.#outage?.code ?? 'TOKEN_UNAVAILABLE');
  }

  /** True when a caller that needs this validity has to wait, if an acquisition is possible now. */
  mustWait(minValidityMs: number): boolean {
    return !this.isUsable || this.#ages.isDemanded(this.current, minValidityMs);
  }

  /** Begins the next step. */
  nextStep(name: string): void {
    this.step += 1;
    this.#isUsed = false;
    this.#isOwed = false;
    this.#demandMs = 0;
    this.log.push(name);
  }

  /** A caller uses the token and needs it to be valid for so long; `undefined` for any validity. */
  used(minValidityMs: number | undefined): void {
    const { current } = this;
    const isDue =
      current !== undefined &&
      (this.#isKept || this.#renewAfterMs - this.#ages.elapsedMs(current.requestedAt) < -driftMs);
    const isStale = this.isUsable && isDue;
    const isWanted = minValidityMs !== undefined && this.mustWait(minValidityMs);
    const isPossible = this.#flight === undefined && !this.isBackingOff && !this.isClosed;
    if (isPossible && (isStale || isWanted)) this.#isOwed = true;
    this.#isUsed = true;
    this.#demandMs = Math.max(this.#demandMs, minValidityMs ?? 0);
  }

  /** The wall clock went ahead of the monotonic clock. */
  jumpedForward(): void {
    this.#rotations.allowBurst();
  }

  closing(): void {
    this.#closedIn = Math.min(this.#closedIn, this.step);
    this.#flight = undefined;
  }

  /** Whether a report of this token, or of the current one, must, may or must not lead to a rotation. */
  expectedRotation(value: string | undefined): 'must' | 'may' | 'must not' {
    const { current } = this;
    const { minRefreshPeriodMs: periodMs } = this.#rules.timing;
    if (current === undefined || this.#isRejected || this.isClosed || this.#isOver) return 'must not';
    const isPaused = this.isBackingOff && this.#flight === undefined;
    if (this.#isKept && isPaused) return this.#backoffLeftMs < driftMs ? 'may' : 'must not';
    if (value !== undefined && value !== current.value) return 'must not';
    if (current.isUnchanged && this.#ages.elapsedMs(current.requestedAt) < periodMs) return 'must not';
    return this.#rotations.isNextAllowed ? 'must' : 'may';
  }

  /** All state that decides how it goes on; instants as their ages. */
  digest(): readonly unknown[] {
    const { current } = this;
    const [flight, outage] = [this.#flight, this.#outage];
    const ago = (then: Instant): readonly number[] => this.#ages.sinceBoth(then);
    return [
      current && [current.generation, current.value, current.lifetimeMs, current.isUnchanged, ago(current.requestedAt)],
      current && this.#renewAfterMs,
      [this.#isRejected, this.#isKept, this.#isUntried, this.isClosed],
      current && this.#ended.has(current.generation),
      flight && [flight.isProbe, flight.wasRejected, flight.requests, ago(flight.startedAt)],
      outage && [outage.count, outage.code, outage.retryAfterMs, ago(outage.failedAt), ago(outage.firstAt)],
      this.#rotations.all.map(ago),
    ];
  }

  // the network

  asked(asked: PendingRequest): void {
    this.log.push('  → request');
    this.counts.requests += 1;
    this.must(!this.isClosed, 'P6: a request after close');
    const redone = this.#redone();
    if (this.#flight === undefined || redone !== undefined) this.#takeOff(redone);
    const flight = this.#flight;
    if (flight === undefined) return;
    this.must(flight.outstanding?.signal.aborted !== false, 'P1: two requests at once');
    flight.requests += 1;
    flight.outstanding = asked;
    flight.said = undefined;
    this.must(flight.requests <= (flight.isProbe ? 1 : 3), `P1: ${flight.requests} requests, probe: ${flight.isProbe}`);
  }

  answered(asked: PendingRequest, said: Answered): void {
    this.log.push(`  ← ${inspect(said.reply, { breakLength: Infinity })}${asked.signal.aborted ? ' (too late)' : ''}`);
    if (asked.signal.aborted) this.counts.ghosts += 1;
    if (asked.signal.aborted || this.#flight?.outstanding !== asked) return;
    this.#flight.outstanding = undefined;
    this.#flight.said = said;
  }

  /** The acquisition began before the rejection and brought the rejected token: it is repeated. */
  #redone(): Acquisition | undefined {
    const value = this.#flight?.said?.grant?.value;
    if (value === undefined || !this.#isRejected || value !== this.current?.value) return undefined;
    return this.#flight;
  }

  #takeOff(redone: Acquisition | undefined): void {
    this.counts.flights += 1;
    this.#tookOffIn = this.step;
    const { current } = this;
    const isEndKnown = current === undefined || !this.#ages.isOver(current) || this.#ended.has(current.generation);
    this.must(isEndKnown, 'an expiry was noticed and not reported');
    const isRotation = this.#rotationIn === this.step;
    if (redone !== undefined) {
      this.counts.redos += 1;
      this.must(redone.wasRejected !== true, 'P5: a rotation that brought the same token was made again');
      this.must(this.counts.redos <= this.counts.rotations, 'P5: more flights made again than rejections');
    } else if (!isRotation) this.#mustBeDue();
    const wasRejected = isRotation && redone === undefined ? undefined : this.#isRejected || this.#isKept;
    const since = this.#ages.now();
    const isProbe = this.#outage !== undefined;
    const briefFrom = redone?.briefFrom ?? since;
    this.#flight = {
      startedAt: since,
      briefFrom,
      isProbe,
      wasRejected,
      requests: 0,
      outstanding: undefined,
      said: undefined,
    };
  }

  get #backoffLeftMs(): number {
    return this.#outage === undefined ? 0 : this.#outage.retryAfterMs - this.#ages.elapsedMs(this.#outage.failedAt);
  }

  #mustBeDue(): void {
    const { current, isBackingOff } = this;
    const leftMs = this.#backoffLeftMs;
    this.must(!isBackingOff || leftMs < driftMs, `P5: asked again ${leftMs} ms too early`);
    const isWanted = !this.isUsable || this.#ages.isStale(current) || this.#ages.isDemanded(current, this.#demandMs);
    this.must(isWanted || this.#outage !== undefined, 'P5: asked for a token when there was a fresh one');
    if (this.#isUsed) return;
    this.must(this.#rules.isTimed && current !== undefined, 'P5: asked for a token without a use');
  }

  // events

  onEvent(event: TokenEvent): void {
    const { isInterrupted } = this.#rules;
    this.log.push(`  · ${event.type}`);
    const texts = [inspect(event, { depth: 8 }), JSON.stringify(event)];
    this.must(!texts.some((text) => text.includes(canary)), `a secret in the event ${event.type}`);
    const isUnderWay = isInterrupted && (event.type === 'recovered' || event.type === 'invalidated');
    const isLast = event.type === 'closed' || (isUnderWay && !this.wasClosed);
    this.must(!this.isClosed || isLast, `P6: ${event.type} after close`);
    const isRecovery = event.type === 'recovered';
    this.must(isRecovery === (this.#recovery !== undefined) || isInterrupted, `${event.type}, and not recovered`);
    this.must(event.at === this.#rules.clock.now(), `${event.type} is dated ${event.at}`);
    switch (event.type) {
      case 'acquired':
      case 'renewed':
      case 'rotated':
        return this.#arrived(event);
      case 'recovered':
        return this.#recovered(event);
      case 'renewal-failed':
        return this.#failed(event);
      case 'invalidated':
        return this.#invalidated(event);
      case 'expired':
        return this.#expired(event);
      case 'closed':
        this.must(this.isClosed, 'closed by itself');
        return undefined;
    }
  }

  #arrived(event: EventByType<'acquired' | 'renewed' | 'rotated'>): void {
    const { current } = this;
    const flight = this.#flight;
    const grant = flight?.said?.grant;
    this.#flight = undefined;
    if (flight === undefined || grant === undefined) return this.must(false, `${event.type} without an answer`);
    const isSame = grant.value === current?.value;
    const isRotated = this.#isRejected || this.#isKept;
    const isUnchanged = isRotated && isSame;
    const isBack = isUnchanged && flight.wasRejected === false;
    this.must(!isBack, 'P2: a flight from before the rejection put the rejected token back');
    const isLate = current === undefined || this.#isOver;
    const type = isRotated ? 'rotated' : isLate ? 'acquired' : 'renewed';
    this.must(event.type === type, `${event.type} instead of ${type}`);
    if (event.type === 'rotated') this.must(event.isChanged === !isSame, `isChanged is ${event.isChanged}`);
    const generation = (current?.generation ?? 0) + 1;
    this.must(event.generation === generation, `generation ${event.generation} instead of ${generation}`);
    this.must(
      this.#ages.isAge(event.tookMs, flight.startedAt),
      `P1: took ${event.tookMs} ms: not the flight that was seen`,
    );
    this.must(event.lifetimeMs === grant.lifetimeMs, `P3: a life of ${event.lifetimeMs} ms`);
    const { startedAt: requestedAt } = flight;
    const tookMs = this.#ages.elapsedMs(requestedAt);
    const arrival = { arrivedAt: this.#ages.now(), tookMs, step: this.step };
    this.published.push({ ...grant, generation, requestedAt, ...arrival, isUnchanged });
    this.counts.published += 1;
    if (tookMs >= grant.lifetimeMs) this.counts.late += 1;
    this.#renewAfterMs = Infinity;
    this.#isRejected = false;
    this.#isKept = false;
    this.#recovery = this.#outage;
    this.#outage = undefined;
  }

  #recovered({ failures, downMs }: EventByType<'recovered'>): void {
    const outage = this.#recovery;
    this.#recovery = undefined;
    if (outage === undefined) return this.must(false, 'recovered from nothing');
    this.counts.recoveries += 1;
    this.must(failures === outage.count, `recovered from ${failures} failures, not ${outage.count}`);
    this.must(this.#ages.isAge(downMs, outage.firstAt), `down for ${downMs} ms`);
  }

  #failed(event: EventByType<'renewal-failed'>): void {
    const { error, failures, retryAt, tookMs, at } = event;
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight === undefined) return this.must(false, 'a failure without a request');
    this.counts.failures += 1;
    const count = (this.#outage?.count ?? 0) + 1;
    const retryAfterMs = retryAt - at;
    const askedMs = flight.said?.reply.kind === 'busy' ? flight.said.reply.retryAfterMs : undefined;
    for (const problem of findFailureProblems(event, flight)) this.must(false, problem);
    this.must(failures === count, `failure ${failures}, not ${count}`);
    this.must(
      this.#ages.isAge(tookMs, flight.startedAt),
      `P1: failed after ${tookMs} ms: not the flight that was seen`,
    );
    this.#keepRejected();
    const leftMs = this.current === undefined || !this.isUsable ? Infinity : this.#ages.remainingMs(this.current);
    const span = backoffSpan({ count, isPassing: error.kind === 'transient', askedMs, leftMs });
    this.must(isWithin(retryAfterMs, span), `waits ${retryAfterMs} ms, not ${span.join(' to ')}`);
    this.must(!this.isEndSilent, 'a failure came before the report of an expiry');
    this.#isUntried = false;
    const since = this.#ages.now();
    this.#outage = { count, firstAt: this.#outage?.firstAt ?? since, failedAt: since, retryAfterMs, code: error.code };
  }

  /** A rotation has failed: the token is in use again until it expires. */
  #keepRejected(): void {
    const { current } = this;
    const isAlive = current !== undefined && !this.#isOver;
    this.#isKept = isAlive && (this.#isRejected || this.#isKept);
    if (this.#isKept) this.#isRejected = false;
    if (this.#isKept) this.#rejectedIn.delete(current?.generation ?? 0);
  }

  #expired({ generation, overdueMs }: EventByType<'expired'>): void {
    const { current } = this;
    const isOver = current?.generation === generation && this.#ages.isOver(current);
    this.must(isOver, `generation ${generation} expired before its end`);
    const lateMs = current === undefined ? 0 : -this.#ages.remainingMs(current);
    this.must(Math.abs(overdueMs - lateMs) < driftMs, `expired ${overdueMs} ms ago, not ${lateMs}`);
    this.must(!this.#ended.has(generation), `generation ${generation} expired twice`);
    this.#ended.add(generation);
  }

  #invalidated({ generation, ageMs }: EventByType<'invalidated'>): void {
    const { current } = this;
    if (current === undefined) return this.must(false, 'nothing was invalidated');
    this.must(generation === current.generation && !this.#isRejected, `invalidated ${generation} again`);
    this.must(!this.#isOver, `invalidated ${generation} after its end`);
    this.must(this.#ages.isAge(ageMs, current.requestedAt), `invalidated at an age of ${ageMs} ms`);
    this.#isOwed ||= this.#flight === undefined && !this.isClosed;
    this.#isRejected = true;
    this.#isKept = false;
    this.#isUntried = true;
    this.#rejectedIn.set(generation, this.step);
    this.#rotations.add();
    this.counts.rotations += 1;
    this.#rotationIn = this.step;
    this.must(this.#rotations.isWithinLimit, `P5: ${this.#rotations.all.length} rotations`);
  }

  // results of callers

  /** A caller that came in that step got a token. `fallback` is what it could fall back on at once when it came. */
  served(token: Published | undefined, { cameIn, fallback }: Served): void {
    if (token === undefined) return this.must(false, 'P2: served a token that was never published');
    const rejectedIn = this.#rejectedIn.get(token.generation) ?? Infinity;
    // the answer of a caller that falls back takes some turns, and the next token may come meanwhile
    const isFallback = this.mayFallBack || fallback === token;
    this.must(rejectedIn >= cameIn || isFallback, `P2: served generation ${token.generation}, rejected before`);
    const isFromWait = token.step >= cameIn && token.step === this.step;
    const isDeadOnArrival = isFromWait && token === this.current;
    const hasEnded = this.#ended.has(token.generation) || this.#ages.isOver(token);
    const isAlive = !hasEnded || isDeadOnArrival;
    this.must(isAlive, `P2: served generation ${token.generation} after its end`);
    this.must(!this.wasClosed, 'P6: served after close');
  }

  /**
   * Checks the state at rest.
   *
   * @param timers - the number of waiting timers; `undefined` when some belong to abandoned requests
   */
  check(status: TokenStatus, timers: number | undefined): void {
    this.must(this.#recovery === undefined, 'a recovery was not reported');
    this.must(!JSON.stringify(status).includes(canary), 'a secret in the status');
    const { current } = this;
    const ageMs = current === undefined ? 0 : this.#ages.elapsedMs(current.requestedAt);
    this.#renewAfterMs = status.renewsAt === undefined ? Infinity : status.renewsAt - this.#ages.now().wall + ageMs;
    const states = this.#states();
    this.must(states.includes(status.state), `status ${status.state} instead of ${states.join(' or ')}`);
    this.must(!this.isClosed || (timers ?? 0) === 0, `P6: ${timers} timers after close`);
    if (this.isClosed) return;
    this.must(!this.#isOwed || this.#tookOffIn === this.step, 'P4: a caller needs a token, and none is being acquired');
    const leftMs = current !== undefined && this.isUsable ? this.#ages.remainingMs(current) : 0;
    this.must(Math.abs(status.validForMs - leftMs) < driftMs, `valid for ${status.validForMs} ms, not ${leftMs}`);
    const { generation = 0, requestedAt: since, lifetimeMs } = current ?? {};
    const expiresAt = since && Math.round(this.#ages.now().wall + (lifetimeMs ?? 0) - ageMs);
    const shown = [status.generation, status.issuedAt, status.expiresAt, status.failure?.count, status.failure?.code];
    const right = [generation, since?.wall, expiresAt, this.#outage?.count, this.#outage?.code];
    this.must(shown.join() === right.join(), `status ${shown.join()} instead of ${right.join()}`);
    this.#checkRenewal(timers);
  }

  #checkRenewal(timers: number | undefined): void {
    const { current } = this;
    const renewAfterMs = this.#renewAfterMs;
    const span = renewalSpan(current?.lifetimeMs ?? 0, this.#rules.timing);
    this.must(isWithin(renewAfterMs, span), `renewed after ${renewAfterMs} ms, not ${span.join(' to ')}`);
    if (this.#flight !== undefined) return;
    const isWaiting = current !== undefined && (this.#outage !== undefined || renewAfterMs !== Infinity);
    const expected = this.#rules.isTimed && isWaiting ? 1 : 0;
    this.must((timers ?? expected) === expected, `${timers} timers, not ${expected}`);
    if (expected === 0 || current === undefined) return;
    const { since, dueMs } =
      this.#outage === undefined
        ? { since: current.requestedAt, dueMs: renewAfterMs }
        : { since: this.#outage.failedAt, dueMs: this.#outage.retryAfterMs };
    const isOverdue = this.#rules.clock.monotonic() - since.monotonic > dueMs + driftMs;
    this.must(!isOverdue, 'P4: a renewal is due and does not start');
  }

  /** The state; at a boundary, where fractions decide, either of two. */
  #states(): readonly TokenStatus['state'][] {
    const { current } = this;
    if (this.isClosed) return ['closed'];
    if (current === undefined) return ['none'];
    if (this.#isRejected) return ['rejected'];
    if (this.#isOver) return ['expired'];
    const dueInMs = this.#renewAfterMs - this.#ages.elapsedMs(current.requestedAt);
    if (this.#isKept) return ['stale'];
    if (Math.abs(dueInMs) < driftMs) return ['fresh', 'stale'];
    return [dueInMs > 0 ? 'fresh' : 'stale'];
  }
}
