import { notifyListener } from '@bearings/client/layer';
import { TokenHttpError } from '@bearings/oauth-bearer';
import type { AccessToken, TokenError, TokenEvent, TokenListener } from '@bearings/oauth-bearer';
import {
  defaultBackoff,
  elapsedMs,
  instantNow,
  pauseAfterFailureMs,
  ReauthorizationRequiredError,
  TokenClosedError,
} from '@bearings/oauth-bearer/source';
import type { Instant } from '@bearings/oauth-bearer/source';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { findMissingScopes } from '../grant/missing-scopes.ts';
import { toGrantError } from '../grant/grant-error.ts';
import { reauthorize } from '../grant/open-grant.ts';
import type { Need, OpenGrant } from '../grant/open-grant.ts';
import type { HandleContext, HandlePurpose } from './handle-context.ts';
import { HeldGrant, renewAheadMs } from './held-grant.ts';

type TokenResult = Result<AccessToken, TokenError>;

/** The last failure, which is the answer during the pause after it. */
export interface HandleFailure {
  readonly error: TokenError;
  readonly result: TokenResult;
  readonly count: number;
  readonly at: Instant;
  readonly pauseMs: number;
}

const closed: TokenResult = Err(new TokenClosedError());

/** Reads the grant of a handle from the store and has it refreshed: one at a time, no timer, a pause after failures. */
export class HandleRenewer {
  readonly #context: HandleContext;
  readonly #purpose: HandlePurpose;
  held: HeldGrant | undefined;
  failure: HandleFailure | undefined;
  /** True while the token is renewed because a resource has rejected it. */
  isRotating = false;
  generation = 0;
  #isStopped = false;
  /** Counts resets: what was read before one is not used after it. */
  #resets = 0;
  #flight: Promise<TokenResult> | undefined;
  #listeners: Set<{ readonly listener: TokenListener }> | undefined;

  constructor(context: HandleContext, purpose: HandlePurpose) {
    this.#context = context;
    this.#purpose = purpose;
  }

  /** True during the pause after a failure. */
  get isPaused(): boolean {
    const { failure } = this;
    return failure !== undefined && elapsedMs(failure.at, this.#context.clock) < failure.pauseMs;
  }

  /** A token for a caller that has none: that of the acquisition in flight, or of a new one. */
  async acquire(): Promise<TokenResult> {
    if (this.#flight !== undefined) return this.#flight;
    if (this.failure !== undefined && this.isPaused) return this.failure.result;
    return this.#start(() => this.#renew({ version: 0, minValidityMs: 0 }));
  }

  /** A token that is valid for longer than the current one, if that is possible now. */
  async renewAhead(held: HeldGrant): Promise<TokenResult> {
    if (this.#flight !== undefined) return this.#flight;
    if (this.isPaused) return held.result;
    return this.#start(() => this.#renew({ version: held.version, minValidityMs: Infinity }));
  }

  /**
   * A token in the place of one that a resource has rejected: that of the rotation in flight, or of a new one. During a
   * pause, and when it may not start, the rejected one. `undefined` when the token was replaced meanwhile.
   */
  async rotate(held: HeldGrant, mayStart: () => boolean): Promise<TokenResult | undefined> {
    while (this.#flight !== undefined && !this.isRotating) await this.#flight; // what began before cannot know
    if (this.#flight !== undefined) return this.#flight;
    if (this.held !== held) return undefined;
    if (this.isPaused || !mayStart()) return held.result;
    this.isRotating = true;
    const at = this.#context.clock.now();
    const rotation = this.#start(() =>
      this.#renew({ version: held.version, minValidityMs: 0, rejected: held.access.secret }),
    );
    this.#notify({ type: 'invalidated', at, generation: this.generation, ageMs: at - held.access.issuedAt });
    return rotation;
  }

  /** In the background: renews a token that is due, or asks the store whether the grant is still as it is here. */
  checkIfDue(held: HeldGrant): void {
    const { isDue } = held;
    if (!isDue && held.uncheckedMs < this.#context.recheckMs) return;
    if (this.#flight !== undefined || this.isPaused) return;
    const need = { version: held.version, minValidityMs: renewAheadMs };
    void this.#start(() => (isDue ? this.#renew(need) : this.#recheck(held))); // answers, never throws
  }

  /** Forgets what it knows. */
  reset(): void {
    this.#resets += 1;
    this.held = undefined;
    this.failure = undefined;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.reset();
    this.#notify({ type: 'closed', at: this.#context.clock.now() });
  }

  subscribe(listener: TokenListener): () => void {
    const entry = { listener };
    this.#listeners ??= new Set();
    this.#listeners.add(entry);
    return () => void this.#listeners?.delete(entry);
  }

  async #start(action: () => Promise<Result<OpenGrant, TokenError> | undefined>): Promise<TokenResult> {
    // set before the action begins: what it notifies may use the handle
    const { promise, resolve } = Promise.withResolvers<TokenResult>();
    this.#flight = promise;
    const startedAt = instantNow(this.#context.clock);
    const before = this.held;
    const resets = this.#resets;
    let outcome = await action();
    if (resets !== this.#resets) outcome = await this.#renew({ version: 0, minValidityMs: 0 });
    this.#flight = undefined;
    const wasRotating = this.isRotating;
    this.isRotating = false;
    resolve(this.#settle(outcome, { before, startedAt, wasRotating }));
    return promise;
  }

  #settle(outcome: Result<OpenGrant, TokenError> | undefined, facts: FlightFacts): TokenResult {
    if (this.#isStopped) return closed;
    if (outcome === undefined) return facts.before?.result ?? closed;
    if (outcome.isErr()) return this.#fail(outcome.error, facts.startedAt);
    const { scopes, connection: known } = this.#purpose;
    const missingScopes = findMissingScopes(outcome.value.grant.scopes, scopes, known.config.offlineScope);
    if (missingScopes.length === 0) return this.#take(outcome.value, facts);
    const connection = known.name;
    return this.#fail(
      new ReauthorizationRequiredError({ connection, reason: 'insufficient_scope', missingScopes }),
      facts.startedAt,
    );
  }

  #take(opened: OpenGrant, { before, startedAt, wasRotating }: FlightFacts): TokenResult {
    const { clock } = this.#context;
    const { failure } = this;
    this.generation += 1;
    this.held = new HeldGrant(opened, this.generation, clock);
    this.failure = undefined;
    const at = clock.now();
    const tookMs = elapsedMs(startedAt, clock);
    const facts = { at, tookMs, generation: this.generation, lifetimeMs: opened.grant.accessExpiresInMs };
    if (wasRotating)
      this.#notify({ type: 'rotated', isChanged: before?.access.isSameAs(this.held.access) !== true, ...facts });
    else this.#notify({ type: before === undefined || before.validForMs <= 0 ? 'acquired' : 'renewed', ...facts });
    if (failure !== undefined) {
      this.#notify({ type: 'recovered', at, failures: failure.count, downMs: elapsedMs(failure.at, clock) });
    }
    return this.held.result;
  }

  #fail(error: TokenError, startedAt: Instant): TokenResult {
    const { clock, random, recheckMs } = this.#context;
    const { kind } = error;
    const isOver = kind === 'terminal';
    if (isOver) this.held = undefined;
    const count = (this.failure?.count ?? 0) + 1;
    const retryAfterMs = error instanceof TokenHttpError ? error.retryAfterMs : undefined;
    const validMs = this.held === undefined || this.held.validForMs <= 0 ? Infinity : this.held.validForMs;
    // what only consent can end is asked of the store again, not of the provider
    const pauseMs = isOver
      ? recheckMs
      : pauseAfterFailureMs({ count, kind, retryAfterMs, validMs }, defaultBackoff, random);
    const result = Err(error);
    this.failure = { error, result, count, at: instantNow(clock), pauseMs };
    const at = clock.now();
    const tookMs = elapsedMs(startedAt, clock);
    this.#notify({ type: 'renewal-failed', at, error, failures: count, tookMs, retryAt: at + pauseMs });
    return result;
  }

  async #renew(need: Need): Promise<Result<OpenGrant, TokenError>> {
    const { store, refresher } = this.#context;
    const { connection, tenant, user, account } = this.#purpose;
    const query = { tenant, user, connection: connection.name, account };
    try {
      const id = this.held?.id ?? (await store.find(query))?.id;
      if (id === undefined) return Err(reauthorize(connection.name, 'not_connected'));
      return await refresher.renew({ id, connection, need });
    } catch (cause) {
      return Err(toGrantError(cause, connection.name));
    }
  }

  /** `undefined` when the grant is as it was. A store that does not answer changes nothing either. */
  async #recheck(held: HeldGrant): Promise<Result<OpenGrant, TokenError> | undefined> {
    try {
      const grant = await this.#context.store.get(held.id);
      if (grant?.status === 'active' && grant.version === held.version) {
        held.confirm();
        return undefined;
      }
    } catch {
      held.confirm(); // once per period, as long as the token is valid
      return undefined;
    }
    return this.#renew({ version: 0, minValidityMs: 0 });
  }

  #notify(event: TokenEvent): void {
    if (this.#listeners === undefined) return;
    for (const { listener } of this.#listeners) void notifyListener(listener, Object.freeze(event)); // never rejects
  }
}

interface FlightFacts {
  readonly before: HeldGrant | undefined;
  readonly startedAt: Instant;
  readonly wasRotating: boolean;
}
