import { inspect } from 'node:util';
import type { Clock } from '@bearings/client';
import type { RenewalTiming } from '../../src/token/renewal-schedule.ts';
import type { TokenEvent } from '../../src/token/token-events.ts';
import type { TokenStatus } from '../../src/token/token-handle.ts';
import { noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import type { Flight, Outage, Published } from './known.ts';
import { agoMs, attemptTimeoutMs, backoffSpan, driftMs, isWithin, nowOf, renewalSpan, rotationBurst } from './times.ts';
import type { Moment } from './times.ts';
import { canary } from './told-endpoint.ts';
import type { Asked, Onlooker, Said } from './told-endpoint.ts';

/** By what a token is judged. */
export interface Rules {
  readonly clock: Clock;
  readonly timing: RenewalTiming;
  /** False for a token that is renewed at a use only. */
  readonly isTimed: boolean;
  /** True when a listener does something in the middle of what is told. */
  readonly isInterrupted: boolean;
}

type Told<T extends TokenEvent['type']> = Extract<TokenEvent, { readonly type: T }>;

/**
 * The reference: the life of a token as it must be, followed from outside by what goes over the network, what is told in
 * events, and what callers do.
 *
 * It never asks the token what to expect. Whatever breaks a rule is noted in {@link violations}.
 */
export class Monitor implements Onlooker {
  readonly violations: string[] = [];
  readonly published: Published[] = [];
  /** What happened, in order, for whoever looks at a failure. */
  readonly log: string[] = [];
  /** Which step this is, from 1. What happens in one step happens at almost the same moment. */
  step = 0;
  readonly counts: Counts = { ...noCounts };
  readonly #rules: Rules;
  readonly #began: Moment;
  /** In which step a generation was rejected. */
  readonly #rejectedIn = new Map<number, number>();
  readonly #ended = new Set<number>();
  readonly #rotations: Moment[] = [];
  #forwardJumps = 0;
  #isUsed = false;
  #demandMs = 0;
  /** True when somebody came in this step for whom a token must be asked for. */
  #isOwed = false;
  #tookOffIn = -1;
  #isRejected = false;
  /** True when nothing has failed since the current token was rejected. */
  #isUntried = false;
  /** True when an attempt failed after the end of the current token: setting the clock back does not revive it. */
  #isWrittenOff = false;
  /** When the current token is renewed ahead, as the status last said. */
  #renewsAt: number | undefined;
  /** In which step it was closed. */
  #closedIn = Infinity;
  #flight: Flight | undefined;
  #outage: Outage | undefined;
  #recovery: Outage | undefined;
  #rotationIn = -1;

  constructor(rules: Rules) {
    this.#rules = rules;
    this.#began = this.#now();
  }

  get current(): Published | undefined {
    return this.published.at(-1);
  }

  get isClosed(): boolean {
    return this.#closedIn <= this.step;
  }

  /** True when it was closed before this step, so that nobody can have got anything else than that. */
  get wasClosed(): boolean {
    return this.#closedIn < this.step;
  }

  /** True when the end of the current token must have been told. */
  get isEndSilent(): boolean {
    const { current } = this;
    if (current === undefined || this.#isRejected || this.isClosed || !this.#isOver(current)) return false;
    if (this.#outage !== undefined) return false;
    return !this.#ended.has(current.generation);
  }

  get isFlying(): boolean {
    return this.#flight !== undefined;
  }

  /** The flight that is under way. */
  get flightNumber(): number | undefined {
    return this.#flight === undefined ? undefined : this.counts.flights;
  }

  /** True when a failure was the last that happened and its time is not up. */
  get isBackingOff(): boolean {
    return this.#outage !== undefined && this.#elapsed(this.#outage.since) < this.#outage.retryAfterMs;
  }

  /** True when callers can have the current token. */
  get isUsable(): boolean {
    if (this.current === undefined || this.#isRejected || this.isClosed) return false;
    return !this.#isWrittenOff && !this.#isOver(this.current);
  }

  /** What a reader is told when there is no token: the last failure, unless nothing has failed since it was rejected. */
  get reason(): string {
    if (this.isClosed) return 'CLOSED';
    return this.#isRejected && this.#isUntried ? 'UNAVAILABLE' : (this.#outage?.code ?? 'UNAVAILABLE');
  }

  /** True when a caller who asks for so much validity has to wait, if anything can be done now. */
  mustWait(minValidityMs: number): boolean {
    return !this.isUsable || this.#isDemanded(minValidityMs);
  }

  /** What happens from here on is a step of its own. */
  nextStep(name: string): void {
    this.step += 1;
    this.#isUsed = false;
    this.#isOwed = false;
    this.#demandMs = 0;
    this.log.push(name);
  }

  /** A caller uses the token, and wants it to be good for so long; `undefined` for one who takes what there is. */
  used(minValidityMs: number | undefined): void {
    const { current } = this;
    const isStale = this.isUsable && current !== undefined && this.#dueInMs(current) < -driftMs;
    const isWanted = minValidityMs !== undefined && this.mustWait(minValidityMs);
    const isPossible = this.#flight === undefined && !this.isBackingOff && !this.isClosed;
    if (isPossible && (isStale || isWanted)) this.#isOwed = true;
    this.#isUsed = true;
    this.#demandMs = Math.max(this.#demandMs, minValidityMs ?? 0);
  }

  /** The machine's clock went ahead of its monotonic one. */
  jumpedForward(): void {
    this.#forwardJumps += 1;
  }

  closing(): void {
    this.#closedIn = Math.min(this.#closedIn, this.step);
    this.#flight = undefined;
  }

  /** Whether a report of this token, or of whatever is current, must, may or must not lead to a rotation. */
  rotationOf(value: string | undefined): 'must' | 'may' | 'must not' {
    const { current } = this;
    const { minRefreshPeriodMs: periodMs } = this.#rules.timing;
    if (current === undefined || this.#isRejected || this.isClosed) return 'must not';
    if (value !== undefined && value !== current.value) return 'must not';
    if (current.isUnchanged && this.#elapsed(current.since) < periodMs) return 'must not';
    const last = this.#rotations.at(-1);
    const isIdle = last === undefined || this.#now().monotonic - last.monotonic >= periodMs;
    return isIdle || periodMs === 0 || this.#rotations.length < rotationBurst ? 'must' : 'may';
  }

  /** All that is known of the token and decides how it goes on; moments as how long ago they were. */
  digest(): readonly unknown[] {
    const { current } = this;
    const flight = this.#flight;
    const outage = this.#outage;
    const now = this.#now();
    const ago = (then: Moment): readonly number[] => [now.wall - then.wall, now.monotonic - then.monotonic];
    return [
      current && [current.generation, current.value, current.lifetimeMs, current.isUnchanged, ago(current.since)],
      current && this.#renewsAt !== undefined && this.#renewsAt - current.since.wall,
      [this.#isRejected, this.#isUntried, this.#isWrittenOff, this.isClosed],
      current && this.#ended.has(current.generation),
      flight && [flight.isProbe, flight.wasRejected, flight.requests, ago(flight.since)],
      outage && [outage.count, outage.code, outage.retryAfterMs, ago(outage.since), ago(outage.firstAt)],
      this.#rotations.map(ago),
    ];
  }

  // the network

  asked(asked: Asked): void {
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

  answered(asked: Asked, said: Said): void {
    this.log.push(`  ← ${inspect(said.reply, { breakLength: Infinity })}${asked.signal.aborted ? ' (too late)' : ''}`);
    if (asked.signal.aborted) this.counts.ghosts += 1;
    if (asked.signal.aborted || this.#flight?.outstanding !== asked) return;
    this.#flight.outstanding = undefined;
    this.#flight.said = said;
  }

  /** The flight brought the rejected token, having begun before the rejection: it is made once more. */
  #redone(): Flight | undefined {
    const value = this.#flight?.said?.grant?.value;
    if (value === undefined || !this.#isRejected || value !== this.current?.value) return undefined;
    return this.#flight;
  }

  #takeOff(redone: Flight | undefined): void {
    this.counts.flights += 1;
    this.#tookOffIn = this.step;
    const { current } = this;
    const isEndKnown = current === undefined || !this.#isOver(current) || this.#ended.has(current.generation);
    this.must(isEndKnown, 'the end of a token was noticed and not told');
    const isRotation = this.#rotationIn === this.step;
    if (redone !== undefined) {
      this.counts.redos += 1;
      this.must(redone.wasRejected !== true, 'P5: a rotation that brought the same token was made again');
      this.must(this.counts.redos <= this.counts.rotations, 'P5: more flights made again than rejections');
    } else if (!isRotation) this.#mustBeDue();
    const wasRejected = isRotation && redone === undefined ? undefined : this.#isRejected;
    const since = this.#now();
    const isProbe = this.#outage !== undefined;
    this.#flight = { since, isProbe, wasRejected, requests: 0, outstanding: undefined, said: undefined };
  }

  #mustBeDue(): void {
    const { current, isBackingOff } = this;
    const leftMs = this.#outage === undefined ? 0 : this.#outage.retryAfterMs - this.#elapsed(this.#outage.since);
    this.must(!isBackingOff || leftMs < driftMs, `P5: asked again ${leftMs} ms too early`);
    const isWanted = !this.isUsable || this.#isStale(current) || this.#isDemanded(this.#demandMs);
    this.must(isWanted || this.#outage !== undefined, 'P5: asked for a token when there was a fresh one');
    if (this.#isUsed) return;
    this.must(this.#rules.isTimed && current !== undefined, 'P5: asked for a token when nobody uses it');
  }

  // what is told

  told(event: TokenEvent): void {
    const { isInterrupted } = this.#rules;
    this.log.push(`  · ${event.type}`);
    this.must(!inspect(event, { depth: 8 }).includes(canary), `a secret in the event ${event.type}`);
    this.must(!JSON.stringify(event).includes(canary), `a secret in the event ${event.type}, as JSON`);
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

  #arrived(event: Told<'acquired' | 'renewed' | 'rotated'>): void {
    const { current } = this;
    const flight = this.#flight;
    const grant = flight?.said?.grant;
    this.#flight = undefined;
    if (flight === undefined || grant === undefined) return this.must(false, `${event.type} without an answer`);
    const isSame = grant.value === current?.value;
    const isUnchanged = this.#isRejected && isSame;
    const isBack = isUnchanged && flight.wasRejected === false;
    this.must(!isBack, 'P2: a flight from before the rejection put the rejected token back');
    const isLate = current === undefined || this.#isOver(current);
    const type = this.#isRejected ? 'rotated' : isLate ? 'acquired' : 'renewed';
    this.must(event.type === type, `${event.type} instead of ${type}`);
    if (event.type === 'rotated') this.must(event.isChanged === !isSame, `isChanged is ${event.isChanged}`);
    const generation = (current?.generation ?? 0) + 1;
    this.must(event.generation === generation, `generation ${event.generation} instead of ${generation}`);
    this.must(this.#isAge(event.tookMs, flight.since), `P1: took ${event.tookMs} ms: not the flight that was seen`);
    this.must(event.lifetimeMs === grant.lifetimeMs, `P3: a life of ${event.lifetimeMs} ms`);
    const { since } = flight;
    const came = this.#now();
    const tookMs = this.#elapsed(since);
    this.published.push({ ...grant, generation, since, came, tookMs, step: this.step, isUnchanged });
    this.counts.published += 1;
    if (tookMs >= grant.lifetimeMs) this.counts.late += 1;
    this.#renewsAt = undefined;
    this.#isRejected = false;
    this.#isWrittenOff = false;
    this.#recovery = this.#outage;
    this.#outage = undefined;
  }

  #recovered({ failures, downMs }: Told<'recovered'>): void {
    const outage = this.#recovery;
    this.#recovery = undefined;
    if (outage === undefined) return this.must(false, 'recovered from nothing');
    this.counts.recoveries += 1;
    this.must(failures === outage.count, `recovered from ${failures} failures, not ${outage.count}`);
    this.must(this.#isAge(downMs, outage.firstAt), `down for ${downMs} ms`);
  }

  #failed({ error, failures, retryAt, tookMs, at }: Told<'renewal-failed'>): void {
    const flight = this.#flight;
    this.#flight = undefined;
    if (flight === undefined) return this.must(false, 'a failure without a request');
    this.counts.failures += 1;
    const { said, requests, isProbe } = flight;
    const count = (this.#outage?.count ?? 0) + 1;
    const retryAfterMs = retryAt - at;
    const askedMs = said?.reply.kind === 'busy' ? said.reply.retryAfterMs : undefined;
    const isSlow = tookMs >= attemptTimeoutMs - driftMs;
    const code = said === undefined || said.reply.kind === 'lost' ? 'UNAVAILABLE' : 'HTTP';
    this.must(error.code === code || (isSlow && error.code === 'UNAVAILABLE'), `failed with ${error.code}`);
    this.must(said?.grant === undefined, 'failed with a token at hand');
    this.must(failures === count, `failure ${failures}, not ${count}`);
    this.must(error.failedAt === at && error.retryAt === retryAt, 'the error is not dated');
    this.must(this.#isAge(tookMs, flight.since), `P1: failed after ${tookMs} ms: not the flight that was seen`);
    const isFinal = isProbe || isSlow || said?.reply.kind === 'refused' || askedMs !== undefined;
    this.must(isFinal || requests === 3, `gave up after ${requests} requests`);
    const leftMs = this.current === undefined || !this.isUsable ? Infinity : this.#leftOf(this.current);
    const span = backoffSpan({ count, isPassing: error.retryable, askedMs, leftMs });
    this.must(isWithin(retryAfterMs, span), `waits ${retryAfterMs} ms, not ${span.join(' to ')}`);
    if (this.current !== undefined && this.#isOver(this.current)) this.#isWrittenOff = true;
    this.#isUntried = false;
    const since = this.#now();
    this.#outage = { count, firstAt: this.#outage?.firstAt ?? since, since, retryAfterMs, code: error.code };
  }

  #expired({ generation, overdueMs }: Told<'expired'>): void {
    const { current } = this;
    const isOver = current?.generation === generation && this.#isOver(current);
    this.must(isOver, `generation ${generation} expired before its end`);
    const lateMs = current === undefined ? 0 : -this.#leftOf(current);
    this.must(Math.abs(overdueMs - lateMs) < driftMs, `expired ${overdueMs} ms ago, not ${lateMs}`);
    this.must(!this.#ended.has(generation), `generation ${generation} expired twice`);
    this.#ended.add(generation);
  }

  #invalidated({ generation, ageMs }: Told<'invalidated'>): void {
    const { current } = this;
    if (current === undefined) return this.must(false, 'nothing was invalidated');
    this.must(generation === current.generation && !this.#isRejected, `invalidated ${generation} again`);
    this.must(this.#isAge(ageMs, current.since), `invalidated at an age of ${ageMs} ms`);
    this.#isOwed ||= this.#flight === undefined && !this.isClosed;
    this.#isRejected = true;
    this.#isUntried = true;
    this.#rejectedIn.set(generation, this.step);
    this.#rotations.push(this.#now());
    this.counts.rotations += 1;
    this.#rotationIn = this.step;
    const { minRefreshPeriodMs: periodMs } = this.#rules.timing;
    const sinceMs = this.#rules.clock.monotonic() - this.#began.monotonic;
    const most = rotationBurst * (1 + this.#forwardJumps) + Math.floor(sinceMs / periodMs + driftMs);
    this.must(periodMs === 0 || this.#rotations.length <= most, `P5: ${this.#rotations.length} rotations`);
  }

  // what callers get

  /** A token was given to somebody who came in that step. */
  served(token: Published | undefined, cameIn: number): void {
    if (token === undefined) return this.must(false, 'P2: served a token that was never published');
    const rejectedIn = this.#rejectedIn.get(token.generation) ?? Infinity;
    this.must(rejectedIn >= cameIn, `P2: served generation ${token.generation}, rejected before`);
    const isFromWait = token.step >= cameIn && token.step === this.step;
    const isDeadOnArrival = isFromWait && token === this.current;
    const isAlive = !this.#isOver(token) || isDeadOnArrival;
    this.must(isAlive, `P2: served generation ${token.generation} after its end`);
    this.must(!this.wasClosed, 'P6: served after close');
  }

  /**
   * Everything that can be seen when nothing moves.
   *
   * @param timers - how many wait; `undefined` when some belong to requests that were given up
   */
  check(status: TokenStatus, timers: number | undefined): void {
    this.must(this.#recovery === undefined, 'a success after failures was not told');
    this.must(!JSON.stringify(status).includes(canary), 'a secret in the status');
    const { current } = this;
    this.#renewsAt = status.renewsAt;
    const states = this.#states();
    this.must(states.includes(status.state), `status ${status.state} instead of ${states.join(' or ')}`);
    this.must(!this.isClosed || (timers ?? 0) === 0, `P6: ${timers} timers after close`);
    if (this.isClosed) return;
    this.must(!this.#isOwed || this.#tookOffIn === this.step, 'P4: a token was wanted, and nobody asked for one');
    const leftMs = current !== undefined && this.isUsable ? this.#leftOf(current) : 0;
    this.must(Math.abs(status.validForMs - leftMs) < driftMs, `valid for ${status.validForMs} ms, not ${leftMs}`);
    const { generation = 0, since, lifetimeMs } = current ?? {};
    const expiresAt = since && since.wall + (lifetimeMs ?? 0);
    const shown = [status.generation, status.issuedAt, status.expiresAt, status.failure?.count, status.failure?.code];
    const right = [generation, since?.wall, expiresAt, this.#outage?.count, this.#outage?.code];
    this.must(shown.join() === right.join(), `status ${shown.join()} instead of ${right.join()}`);
    this.#checkRenewal(timers);
  }

  #checkRenewal(timers: number | undefined): void {
    const { current } = this;
    const renewsAt = this.#renewsAt;
    const span = renewalSpan(current?.lifetimeMs ?? 0, this.#rules.timing);
    const renewAfterMs = renewsAt === undefined || current === undefined ? Infinity : renewsAt - current.since.wall;
    this.must(isWithin(renewAfterMs, span), `renewed after ${renewAfterMs} ms, not ${span.join(' to ')}`);
    if (this.#flight !== undefined) return;
    const isWaiting = current !== undefined && (this.#outage !== undefined || renewsAt !== undefined);
    const expected = this.#rules.isTimed && isWaiting ? 1 : 0;
    this.must((timers ?? expected) === expected, `${timers} timers, not ${expected}`);
    if (expected === 0 || current === undefined) return;
    const { since, dueMs } =
      this.#outage === undefined
        ? { since: current.since, dueMs: renewAfterMs }
        : { since: this.#outage.since, dueMs: this.#outage.retryAfterMs };
    const isOverdue = this.#rules.clock.monotonic() - since.monotonic > dueMs + driftMs;
    this.must(!isOverdue, 'P4: a renewal is due and nobody makes it');
  }

  /** The state it is in; at a boundary, where fractions decide, either of two. */
  #states(): readonly TokenStatus['state'][] {
    const { current } = this;
    if (this.isClosed) return ['closed'];
    if (current === undefined) return ['none'];
    if (this.#isRejected) return ['rejected'];
    if (this.#isOver(current)) return ['expired'];
    const dueInMs = this.#dueInMs(current);
    if (Math.abs(dueInMs) < driftMs || this.#isWrittenOff) return ['fresh', 'stale'];
    return [dueInMs > 0 ? 'fresh' : 'stale'];
  }

  /** How long until it is renewed ahead, as the status said. */
  #dueInMs({ since }: Published): number {
    return (this.#renewsAt ?? Infinity) - since.wall - this.#elapsed(since);
  }

  /** True when it may be renewed ahead: by its age, or by the timer that was set when it came. */
  #isStale(token: Published | undefined): boolean {
    if (token === undefined) return false;
    const sinceItCameMs = this.#now().monotonic - token.came.monotonic;
    const ageMs = Math.max(this.#elapsed(token.since), this.#rules.isTimed ? sinceItCameMs + token.tookMs : 0);
    return ageMs >= renewalSpan(token.lifetimeMs, this.#rules.timing)[0] - driftMs;
  }

  #isDemanded(minValidityMs: number): boolean {
    const { current } = this;
    if (minValidityMs <= 0 || current === undefined) return false;
    if (this.#elapsed(current.since) < this.#rules.timing.minRefreshPeriodMs) return false;
    return this.#leftOf(current) < Math.min(minValidityMs, current.lifetimeMs / 2);
  }

  #isOver(token: Published): boolean {
    return this.#leftOf(token) <= 0;
  }

  #leftOf({ since, lifetimeMs }: Published): number {
    return lifetimeMs - this.#elapsed(since);
  }

  #isAge(ms: number, since: Moment): boolean {
    return Math.abs(ms - this.#elapsed(since)) < driftMs;
  }

  #now(): Moment {
    return nowOf(this.#rules.clock);
  }

  #elapsed(since: Moment): number {
    return agoMs(since, this.#rules.clock);
  }

  /** Notes what should not be. */
  must(isKept: boolean, rule: string): void {
    if (isKept) return;
    this.violations.push(`${rule}, in step ${this.step}`);
    this.log.push(`  ✗ ${rule}`);
  }
}
