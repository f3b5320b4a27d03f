import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import type { AccessToken } from '../../src/access-token.ts';
import type { RenewalTiming } from '../../src/token/renewal-schedule.ts';
import type { TokenEvent } from '../../src/token/token-events.ts';
import type { GetOptions } from '../../src/token/token-handle.ts';
import type { TokenResult } from '../../src/token/token-state.ts';
import { Token } from '../../src/token/token.ts';
import type { Published } from './observed.ts';
import { Monitor } from './monitor.ts';
import { clientSecret, endpointUrl, ScriptedEndpoint } from './scripted-endpoint.ts';
import type { Reply } from './scripted-endpoint.ts';

/** The setting of a world. */
export interface WorldOptions {
  readonly timing: RenewalTiming;
  readonly isTimed: boolean;
  /** True for a network that ignores aborts. */
  readonly isDeaf: boolean;
  /** A listener that acts on an event. */
  readonly reaction?: Reaction | undefined;
  readonly random: () => number;
}

/** What a listener does during an event; a few times. */
interface Reaction {
  readonly to: TokenEvent['type'];
  readonly act: Act;
}

const mostReactions = 3;

/** How an act is done: alone; with others at almost the same time; or by a listener during another act. */
type Manner = 'alone' | 'together' | 'within';

/** One act of a caller or the server. */
export type Act =
  | { readonly kind: 'get'; readonly minValidityMs?: number; readonly isAbortable?: boolean }
  | { readonly kind: 'read' }
  /** Reports a token that a caller has had; without a place, the current one. */
  | { readonly kind: 'invalidate'; readonly place?: number | undefined }
  | { readonly kind: 'abort'; readonly place: number }
  | { readonly kind: 'answer'; readonly place: number; readonly reply: Reply }
  | { readonly kind: 'close' };

/** How time passes. */
export type TimeStep =
  | { readonly kind: 'advance'; readonly ms: number }
  /** To the next timer that waits. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'jumpWall'; readonly ms: number }
  | { readonly kind: 'suspend'; readonly ms: number }
  /** Time in which the server answers everything with a new token. */
  | { readonly kind: 'prosper'; readonly ms: number; readonly lifetimeMs: number };

/** An act, and its distance to the previous one in turns of the microtask queue. */
export type Beat = { readonly act: Act; readonly turns: number };

/** What a caller got. */
export type Outcome =
  | { readonly access: AccessToken; readonly token: Published | undefined }
  | { readonly code: string }
  | { readonly thrown: unknown };

/** A call of `get` or `invalidate`. */
export interface Visit {
  readonly kind: 'get' | 'invalidate';
  readonly cameIn: number;
  /** True when it must not wait: there is a token for it, or a pause after a failure. */
  readonly isPrompt: boolean;
  /** The acquisition in flight, if it must wait for that. */
  readonly flight: number | undefined;
  /** True when there was a valid token as a fallback. */
  readonly hadToken: boolean;
  /** True when there was one that it may use after a moment: callers without wait for the acquisition. */
  readonly hadFallback: boolean;
  /** That token, if it may use it at once. */
  readonly fallback: Published | undefined;
  readonly controller: AbortController | undefined;
  readonly outcome: Outcome | undefined;
}

/** A token, its server, its clock and its callers, checked by a {@link Monitor}. */
export class World {
  readonly clock: VirtualClock;
  readonly endpoint: ScriptedEndpoint;
  readonly monitor: Monitor;
  readonly token: Token;
  readonly visits: readonly Visit[];
  readonly #options: WorldOptions;
  readonly #visits: (Visit & { outcome: Outcome | undefined })[] = [];
  readonly #seen: AccessToken[] = [];
  #reactions = 0;
  /** Every token that a caller got, in order. */
  readonly seen: readonly AccessToken[] = this.#seen;

  private constructor(parts: Pick<World, 'clock' | 'endpoint' | 'monitor' | 'token'>, options: WorldOptions) {
    this.clock = parts.clock;
    this.endpoint = parts.endpoint;
    this.monitor = parts.monitor;
    this.token = parts.token;
    this.#options = options;
    this.visits = this.#visits;
  }

  static async create(options: WorldOptions): Promise<World> {
    const { isDeaf, isTimed, random, timing, reaction } = options;
    const clock = virtualClock();
    const monitor = new Monitor({ clock, timing, isTimed, isInterrupted: reaction !== undefined });
    const endpoint = new ScriptedEndpoint(monitor, { isDeaf });
    const config = { tokenEndpoint: endpointUrl, clientId: 'svc', clientSecret, ...timing, clock, random };
    const { fetch } = endpoint;
    const made = isTimed
      ? await Token.create({ ...config, fetch, start: 'lazy' })
      : Token.onDemand({ ...config, fetch });
    const token = made.unwrap();
    token.subscribe((event) => monitor.onEvent(event));
    const world = new World({ clock, endpoint, monitor, token }, options);
    token.subscribe(({ type }) => world.#react(type));
    return world;
  }

  /** The calls that still wait. */
  get waiting(): readonly Visit[] {
    return this.#visits.filter(({ outcome }) => outcome === undefined);
  }

  /** Acts one after the other, at almost the same time, and their results. */
  async act(beats: readonly Beat[]): Promise<void> {
    this.monitor.nextStep(
      beats.map(({ act, turns }) => `${turns > 0 ? `+${turns} ` : ''}${describeStep(act)}`).join(', '),
    );
    for (const { act, turns } of beats) {
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      this.#do(act, beats.length === 1 ? 'alone' : 'together');
    }
    await this.clock.settle();
    this.#check();
  }

  /** Time passes, for the machine or for its wall clock only. */
  async pass(step: TimeStep): Promise<void> {
    this.monitor.nextStep(describeStep(step));
    if (step.kind === 'prosper') this.endpoint.answerAll({ ...step, kind: 'new' });
    if (step.kind === 'tick') await this.clock.advance(this.clock.waits[0] ?? 0);
    else if (step.kind === 'jumpWall') this.clock.jumpWall(step.ms);
    else if (step.kind === 'suspend') await this.clock.suspend(step.ms);
    else await this.clock.advance(step.ms);
    this.endpoint.stopAnswering();
    if (step.kind === 'suspend' || (step.kind === 'jumpWall' && step.ms > 0)) this.monitor.jumpedForward();
    await this.clock.settle();
    this.#check();
  }

  /** The server works again: every caller gets an answer. Then the token is closed, and nothing happens any more. */
  async end(): Promise<void> {
    await this.pass({ kind: 'prosper', ms: 31_000, lifetimeMs: 3_600_000 });
    this.#must(this.waiting.length === 0, 'P4: a caller waits although the server works');
    await this.pass({ kind: 'prosper', ms: 3_600_000, lifetimeMs: 3_600_000 });
    this.endpoint.answerAll({ kind: 'new', lifetimeMs: 3_600_000 });
    await this.act([{ act: { kind: 'get' }, turns: 0 }]);
    this.#must(this.waiting.length === 0, 'P4: a caller waits although the server works');
    const last = this.#visits.at(-1)?.outcome;
    const isServed = last !== undefined && 'access' in last;
    this.#must(isServed || this.monitor.isClosed, 'P4: no token although the server works');
    await this.act([{ act: { kind: 'close' }, turns: 0 }]);
    const { requests } = this.monitor.counts;
    await this.pass({ kind: 'advance', ms: 7_200_000 });
    this.#must(this.monitor.counts.requests === requests, 'P6: a request after close');
    this.#must(this.clock.pending === 0, 'P6: a timer after close');
  }

  /** All state that decides how it goes on, apart from its callers. */
  digest(): readonly unknown[] {
    const { state, validForMs } = this.token.status();
    return [state, validForMs, this.monitor.digest(), this.clock.waits, this.endpoint.digest()];
  }

  #react(type: TokenEvent['type']): void {
    const { reaction } = this.#options;
    if (reaction?.to !== type || this.#reactions === mostReactions) return;
    this.#reactions += 1;
    this.monitor.log.push(`  ! ${describeStep(reaction.act)}`);
    this.#do(reaction.act, 'within');
  }

  #do(act: Act, manner: Manner): void {
    switch (act.kind) {
      case 'get':
        return this.#get(act, manner);
      case 'read':
        return this.#read(manner);
      case 'invalidate':
        return this.#invalidate(act.place, manner);
      case 'abort': {
        const abortable = this.waiting.filter(({ controller }) => controller !== undefined);
        return abortable[act.place % abortable.length]?.controller?.abort(new Error('the caller aborted'));
      }
      case 'answer':
        return this.endpoint.answer(act.place % Math.max(1, this.endpoint.waiting), act.reply);
      case 'close':
        this.monitor.closing();
        void this.token.close(); // never rejects
    }
  }

  #get({ minValidityMs = 0, isAbortable = false }: Extract<Act, { kind: 'get' }>, manner: Manner): void {
    const { monitor } = this;
    const controller = isAbortable ? new AbortController() : undefined;
    const mustWait = monitor.mustWait(minValidityMs);
    const isEarly = manner === 'alone' && monitor.isBackingOff && !monitor.isFlying;
    const isPrompt = manner !== 'within' && (monitor.isClosed || !mustWait || isEarly);
    const flight = manner === 'alone' && mustWait ? monitor.flightNumber : undefined;
    monitor.used(minValidityMs);
    const options: GetOptions = { minValidityMs, signal: controller?.signal };
    this.#follow({ kind: 'get', isPrompt, flight, controller }, manner, () => this.token.get(options));
  }

  #invalidate(place: number | undefined, manner: Manner): void {
    const { monitor } = this;
    const rejected = place === undefined ? undefined : this.#seen[place % Math.max(1, this.#seen.length)];
    const flight = manner === 'alone' && !monitor.isUsable ? monitor.flightNumber : undefined;
    monitor.used(0);
    const expected = manner === 'within' ? 'may' : monitor.expectedRotation(rejected?.secret.expose());
    const before = monitor.counts.rotations;
    const reactions = this.#reactions;
    const caller = { kind: 'invalidate', isPrompt: monitor.isClosed, flight, controller: undefined } as const;
    this.#follow(caller, manner, () => this.token.invalidate(rejected));
    const isRotated = monitor.counts.rotations > before;
    const isFree = expected === 'may' || this.#reactions > reactions;
    const isRight = isFree || isRotated === (expected === 'must');
    this.#must(isRight, `a rotation ${expected} be, but ${isRotated}`);
  }

  #read(manner: Manner): void {
    const { monitor } = this;
    monitor.used(undefined);
    const { current, isUsable } = monitor;
    const reactions = this.#reactions;
    const answer = this.token.read();
    if (answer.isOk()) {
      this.#seen.push(answer.value);
      this.#must(this.#publishedAs(answer.value) === current, 'P2: read gave another token than the current one');
      monitor.served(current, { cameIn: monitor.step, fallback: undefined });
    }
    if (manner === 'within' || this.#reactions > reactions) return;
    this.#must(!monitor.isEndSilent, 'read noticed an expiry and did not report it');
    this.#must(answer.isOk() === isUsable, `read: ${answer.isOk()}, though usable: ${isUsable}`);
    const code = answer.isErr() ? answer.error.code : monitor.reason;
    this.#must(code === monitor.reason, `read: ${code} instead of ${monitor.reason}`);
  }

  #follow(
    caller: Pick<Visit, 'kind' | 'isPrompt' | 'flight' | 'controller'>,
    manner: Manner,
    ask: () => Promise<TokenResult>,
  ): void {
    const hadToken = manner !== 'within' && this.monitor.isUsable;
    const { hasFallback: hadFallback, mayFallBack, current, step: cameIn } = this.monitor;
    const fallback = mayFallBack ? current : undefined;
    const visit = { ...caller, hadToken, hadFallback, fallback, cameIn, outcome: undefined };
    this.#visits.push(visit);
    void this.#note(visit, ask); // notes whatever comes, and never rejects
  }

  async #note(visit: Visit & { outcome: Outcome | undefined }, ask: () => Promise<TokenResult>): Promise<void> {
    const { monitor } = this;
    try {
      const answer = await ask();
      if (answer.isErr()) {
        const { code } = answer.error;
        visit.outcome = { code };
        this.#must(code !== 'TOKEN_CLOSED' || monitor.isClosed, `${visit.kind}: ${code}, though open`);
        this.#must(code === 'TOKEN_CLOSED' || !monitor.wasClosed, `${visit.kind}: ${code}, though closed`);
        this.#must(!monitor.isUsable || !visit.hadToken, `${visit.kind}: ${code}, though there is a token`);
        return;
      }
      const token = this.#publishedAs(answer.value);
      visit.outcome = { access: answer.value, token };
      this.#seen.push(answer.value);
      monitor.served(token, visit);
    } catch (thrown) {
      visit.outcome = { thrown };
      this.#must(visit.controller?.signal.reason === thrown, `${visit.kind} threw ${String(thrown)}`);
    }
  }

  /** P3: the token was published, and all its fields are those of one answer. */
  #publishedAs(access: AccessToken): Published | undefined {
    const token = this.monitor.published[access.generation - 1];
    const { requestedAt: since, lifetimeMs, scope, value } = token ?? {};
    const isWhole =
      access.secret.expose() === value &&
      access.authorization() === `Bearer ${value}` &&
      access.scopes.join(' ') === scope &&
      access.issuedAt === since?.wall &&
      access.expiresAt === access.issuedAt + (lifetimeMs ?? Number.NaN);
    this.#must(isWhole, `P3: generation ${access.generation} is a mixture`);
    return isWhole ? token : undefined;
  }

  #check(): void {
    const { monitor, waiting } = this;
    const areGhosts = this.#options.isDeaf && this.endpoint.waiting > 0;
    monitor.check(this.token.status(), areGhosts || monitor.isFlying ? undefined : this.clock.pending);
    this.#must(waiting.length === 0 || monitor.isFlying, 'P4: a caller waits for nothing');
    const isFallbackDue = monitor.hasFallback && monitor.isBriefOver && !areGhosts;
    for (const { kind, isPrompt, hadFallback, controller } of waiting) {
      this.#must(
        kind !== 'get' || !hadFallback || !isFallbackDue,
        'P4: a caller waits although there is a valid token',
      );
      this.#must(!isPrompt, 'P4: a caller waits without need');
      this.#must(controller?.signal.aborted !== true, 'P4: an aborted caller waits');
    }
    for (const { flight, outcome } of this.#visits) {
      const isFallback = outcome !== undefined && 'access' in outcome && outcome.token === monitor.current;
      const isLeft = outcome !== undefined && !isFallback && flight !== undefined && flight === monitor.flightNumber;
      this.#must(!isLeft || 'thrown' in outcome, 'P4: a caller got a result from before the acquisition in flight');
    }
    if (monitor.violations.length === 0) return;
    throw new Error([...monitor.violations, '', ...monitor.log].join('\n'));
  }

  #must(isKept: boolean, rule: string): void {
    this.monitor.must(isKept, rule);
  }
}

function describeStep(act: Act | TimeStep): string {
  const { kind, ...rest } = act;
  const words = Object.entries(rest).filter(([, value]) => value !== undefined);
  return `${kind}(${words.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')})`;
}
