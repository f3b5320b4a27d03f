import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import type { AccessToken } from '../../src/access-token.ts';
import type { RenewalTiming } from '../../src/token/renewal-schedule.ts';
import type { TokenEvent } from '../../src/token/token-events.ts';
import type { GetOptions } from '../../src/token/token-handle.ts';
import type { TokenResult } from '../../src/token/token-state.ts';
import { Token } from '../../src/token/token.ts';
import type { Published } from './known.ts';
import { Monitor } from './monitor.ts';
import { clientSecret, endpointUrl, ToldEndpoint } from './told-endpoint.ts';
import type { Reply } from './told-endpoint.ts';

/** What a world is like. */
export interface WorldOptions {
  readonly timing: RenewalTiming;
  readonly isTimed: boolean;
  /** True for a network that goes on with requests that were given up. */
  readonly isDeaf: boolean;
  /** A listener that does something when it is told of something. */
  readonly reaction?: Reaction | undefined;
  readonly random: () => number;
}

/** What a listener does, at the very moment it is told; a few times. */
interface Reaction {
  readonly to: TokenEvent['type'];
  readonly act: Act;
}

const mostReactions = 3;

/** How an act is done: by itself; with others at almost the same moment; or in the middle of another, by a listener. */
type Manner = 'alone' | 'together' | 'within';

/** What somebody does at one moment. */
export type Act =
  | { readonly kind: 'get'; readonly minValidityMs?: number; readonly isAbortable?: boolean }
  | { readonly kind: 'read' }
  /** Reports a token that somebody has seen; without a place, whatever is current. */
  | { readonly kind: 'invalidate'; readonly place?: number | undefined }
  | { readonly kind: 'abort'; readonly place: number }
  | { readonly kind: 'answer'; readonly place: number; readonly reply: Reply }
  | { readonly kind: 'close' };

/** How time goes on. */
export type Passage =
  | { readonly kind: 'advance'; readonly ms: number }
  /** To the next timer that waits. */
  | { readonly kind: 'tick' }
  | { readonly kind: 'jumpWall'; readonly ms: number }
  | { readonly kind: 'suspend'; readonly ms: number }
  /** Time in which the server answers everything with such a token. */
  | { readonly kind: 'prosper'; readonly ms: number; readonly lifetimeMs: number };

/** An act, so many turns of the microtask queue after the one before. */
export type Beat = { readonly act: Act; readonly turns: number };

/** How a caller fared. */
export type Outcome =
  | { readonly access: AccessToken; readonly token: Published | undefined }
  | { readonly code: string }
  | { readonly thrown: unknown };

/** A caller who asked. */
export interface Visit {
  readonly kind: 'get' | 'invalidate';
  readonly cameIn: number;
  /** True when it need not wait: there is a token for it, or it is too early to ask for one. */
  readonly isPrompt: boolean;
  /** The flight that was under way, if that is what it must wait for. */
  readonly flight: number | undefined;
  /** True when there was a token to fall back upon. */
  readonly hadToken: boolean;
  readonly controller: AbortController | undefined;
  readonly outcome: Outcome | undefined;
}

/** A token, the server it asks, its time and its callers, under the eyes of a {@link Monitor}. */
export class World {
  readonly clock: VirtualClock;
  readonly endpoint: ToldEndpoint;
  readonly monitor: Monitor;
  readonly token: Token;
  readonly visits: readonly Visit[];
  readonly #options: WorldOptions;
  readonly #visits: (Visit & { outcome: Outcome | undefined })[] = [];
  readonly #seen: AccessToken[] = [];
  #reactions = 0;
  /** Every token a caller was given, in order. */
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
    const endpoint = new ToldEndpoint(monitor, { isDeaf });
    const config = { tokenEndpoint: endpointUrl, clientId: 'svc', clientSecret, ...timing, clock, random };
    const { fetch } = endpoint;
    const made = isTimed
      ? await Token.create({ ...config, fetch, start: 'lazy' })
      : Token.onDemand({ ...config, fetch });
    const token = made.unwrap();
    token.subscribe((event) => monitor.told(event));
    const world = new World({ clock, endpoint, monitor, token }, options);
    token.subscribe(({ type }) => world.#react(type));
    return world;
  }

  /** Who still waits. */
  get waiting(): readonly Visit[] {
    return this.#visits.filter(({ outcome }) => outcome === undefined);
  }

  /** Acts one after the other, almost at once, and what comes of them. */
  async act(beats: readonly Beat[]): Promise<void> {
    this.monitor.nextStep(beats.map(({ act, turns }) => `${turns > 0 ? `+${turns} ` : ''}${nameOf(act)}`).join(', '));
    for (const { act, turns } of beats) {
      for (let turn = 0; turn < turns; turn += 1) await undefined;
      this.#do(act, beats.length === 1 ? 'alone' : 'together');
    }
    await this.clock.settle();
    this.#check();
  }

  /** Time goes on, for the machine or for its clock alone. */
  async pass(passage: Passage): Promise<void> {
    this.monitor.nextStep(nameOf(passage));
    if (passage.kind === 'prosper') this.endpoint.answerAll({ ...passage, kind: 'new' });
    if (passage.kind === 'tick') await this.clock.advance(this.clock.waits[0] ?? 0);
    else if (passage.kind === 'jumpWall') this.clock.jumpWall(passage.ms);
    else if (passage.kind === 'suspend') await this.clock.suspend(passage.ms);
    else await this.clock.advance(passage.ms);
    this.endpoint.fallSilent();
    if (passage.kind === 'suspend' || (passage.kind === 'jumpWall' && passage.ms > 0)) this.monitor.jumpedForward();
    await this.clock.settle();
    this.#check();
  }

  /** The server is well again: nobody stays without an answer. Then the token is closed, and all is quiet. */
  async end(): Promise<void> {
    await this.pass({ kind: 'prosper', ms: 31_000, lifetimeMs: 3_600_000 });
    this.#must(this.waiting.length === 0, 'P4: somebody waits though the server is well');
    await this.pass({ kind: 'prosper', ms: 3_600_000, lifetimeMs: 3_600_000 });
    this.endpoint.answerAll({ kind: 'new', lifetimeMs: 3_600_000 });
    await this.act([{ act: { kind: 'get' }, turns: 0 }]);
    this.#must(this.waiting.length === 0, 'P4: somebody waits though the server is well');
    const last = this.#visits.at(-1)?.outcome;
    const isServed = last !== undefined && 'access' in last;
    this.#must(isServed || this.monitor.isClosed, 'P4: no token though the server is well');
    await this.act([{ act: { kind: 'close' }, turns: 0 }]);
    const { requests } = this.monitor.counts;
    await this.pass({ kind: 'advance', ms: 7_200_000 });
    this.#must(this.monitor.counts.requests === requests, 'P6: a request after close');
    this.#must(this.clock.pending === 0, 'P6: a timer after close');
  }

  /** All that decides how it goes on, apart from what its callers want. */
  digest(): readonly unknown[] {
    const { state, validForMs } = this.token.status();
    return [state, validForMs, this.monitor.digest(), this.clock.waits, this.endpoint.digest()];
  }

  #react(type: TokenEvent['type']): void {
    const { reaction } = this.#options;
    if (reaction?.to !== type || this.#reactions === mostReactions) return;
    this.#reactions += 1;
    this.monitor.log.push(`  ! ${nameOf(reaction.act)}`);
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
        return abortable[act.place % abortable.length]?.controller?.abort(new Error('the caller has left'));
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
    const expected = manner === 'within' ? 'may' : monitor.rotationOf(rejected?.secret.expose());
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
      monitor.served(current, monitor.step);
    }
    if (manner === 'within' || this.#reactions > reactions) return;
    this.#must(!monitor.isEndSilent, 'read saw the end of a token and did not tell');
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
    const visit = { ...caller, hadToken, cameIn: this.monitor.step, outcome: undefined };
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
        this.#must(code !== 'CLOSED' || monitor.isClosed, `${visit.kind}: ${code}, though open`);
        this.#must(code === 'CLOSED' || !monitor.wasClosed, `${visit.kind}: ${code}, though closed`);
        this.#must(!monitor.isUsable || !visit.hadToken, `${visit.kind}: ${code}, though there is a token`);
        return;
      }
      const token = this.#publishedAs(answer.value);
      visit.outcome = { access: answer.value, token };
      this.#seen.push(answer.value);
      monitor.served(token, visit.cameIn);
    } catch (thrown) {
      visit.outcome = { thrown };
      this.#must(visit.controller?.signal.reason === thrown, `${visit.kind} threw ${String(thrown)}`);
    }
  }

  /** P3: the token was published, and all its fields are those of one answer. */
  #publishedAs(access: AccessToken): Published | undefined {
    const token = this.monitor.published[access.generation - 1];
    const { since, lifetimeMs, scope, value } = token ?? {};
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
    this.#must(waiting.length === 0 || monitor.isFlying, 'P4: somebody waits for nothing');
    for (const { isPrompt, controller } of waiting) {
      this.#must(!isPrompt, 'P4: somebody waits who need not');
      this.#must(controller?.signal.aborted !== true, 'P4: somebody waits who has left');
    }
    for (const { flight, outcome } of this.#visits) {
      const isLeft = outcome !== undefined && flight !== undefined && flight === monitor.flightNumber;
      this.#must(!isLeft || 'thrown' in outcome, 'P4: somebody got an answer from before the flight that is under way');
    }
    if (monitor.violations.length === 0) return;
    throw new Error([...monitor.violations, '', ...monitor.log].join('\n'));
  }

  #must(isKept: boolean, rule: string): void {
    this.monitor.must(isKept, rule);
  }
}

function nameOf(act: Act | Passage): string {
  const { kind, ...rest } = act;
  const words = Object.entries(rest).filter(([, value]) => value !== undefined);
  return `${kind}(${words.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')})`;
}
