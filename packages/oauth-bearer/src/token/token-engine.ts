import { untilAborted } from '@bearings/client/layer';
import { Err, Ok } from 'ts-results';
import type { AccessToken } from '../access-token.ts';
import { RequiredClaims } from './required-claims.ts';
import { RateLimiter, rotationBurst } from './rotation-limit.ts';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenSource } from '../sources/token-source.ts';
import { ExpiryCheck } from './expiry-check.ts';
import { elapsedMs } from './instant.ts';
import { closed, TokenRenewer } from './token-renewer.ts';
import { AtomicReference } from './atomic-reference.ts';
import type { EngineSettings } from './token-options.ts';
import { TokenListeners } from './token-events.ts';
import type { TokenListener } from './token-events.ts';
import type { GetOptions, InvalidateOptions, TokenHandle, TokenStatus } from './token-handle.ts';
import { toStatus } from './token-state.ts';
import type { TokenResult, TokenSnapshot } from './token-state.ts';

const nothingYet: TokenResult = Err(new TokenUnavailableError('none has been acquired yet'));
const rejected: TokenResult = Err(new TokenUnavailableError('the last one was rejected and is being rotated'));
const empty: TokenSnapshot = {
  result: nothingYet,
  cached: undefined,
  isRejected: false,
  isKept: false,
  isExpired: false,
  failure: undefined,
};

/** Keeps a token of a source: cache, renewal, rotation, pauses after failures, events. */
export class TokenEngine implements TokenHandle {
  readonly #settings: EngineSettings;
  readonly #state = new AtomicReference<TokenSnapshot>(empty);
  readonly #listeners = new TokenListeners();
  readonly #rotations: RateLimiter;
  readonly #expiry: ExpiryCheck;
  readonly #required: RequiredClaims;
  readonly #renewer: TokenRenewer;
  #closing: Promise<void> | undefined;

  constructor(source: TokenSource, settings: EngineSettings) {
    this.#settings = settings;
    const context = { state: this.#state, listeners: this.#listeners, settings };
    this.#expiry = new ExpiryCheck(context);
    this.#rotations = new RateLimiter({ burst: rotationBurst, periodMs: settings.minRefreshPeriodMs, ...settings });
    this.#required = new RequiredClaims(source);
    this.#renewer = new TokenRenewer({
      ...context,
      source,
      expiry: this.#expiry,
      rotations: this.#rotations,
      required: this.#required,
    });
  }

  /** The current token. Does no I/O; starts a renewal in the background when one is due. */
  read(): TokenResult {
    const { result, cached, isKept } = this.#state.load();
    if (cached === undefined || result.isErr()) return result;
    const ageMs = elapsedMs(cached.requestedAt, this.#settings.clock);
    if (ageMs < cached.renewAfterMs && ageMs < cached.lifetimeMs && !isKept) return result;
    if (this.#expiry.hasExpired()) return this.#state.load().result;
    this.#renewer.renewIfDue();
    return result;
  }

  /**
   * The current token, or the one being acquired.
   *
   * With a valid token at hand (it is valid for less than `minValidityMs`, or another caller has rejected it) the wait is
   * at most a second. During the pause after a failure the last error is answered at once.
   *
   * @throws the signal's reason when it is aborted first; the acquisition goes on for the other callers
   */
  async get({ signal, minValidityMs = 0 }: GetOptions = {}): Promise<TokenResult> {
    signal?.throwIfAborted();
    const now = this.read();
    if (now.isOk() && this.#lasts(minValidityMs)) return now;
    const acquired = this.#renewer.getOrAcquire();
    const awaited = this.#valid() === undefined ? acquired : this.#renewer.waitBriefly(acquired);
    const later = await (signal === undefined ? awaited : untilAborted(awaited, signal));
    return later === undefined ? (this.#valid() ?? this.get({ signal })) : this.#orValid(later);
  }

  /**
   * Rotates the token if `rejected` (default: the current one) is still current and valid, and answers with the one to use
   * instead. A rotation starts at once, also during the pause after a failure. An expired token needs no rotation.
   *
   * Callers that come later, or report an older token, get the same answer and cause no request. A token that the server
   * issued again unchanged is not rotated for `minRefreshPeriodMs`. When every new token is rejected at once, three
   * rotations in a row are followed by one per period.
   *
   * With `claims` the next acquisition asks for them, if the token is the current one. Claims that cannot be used count as absent
   * when the error is `invalid_token`; for another error the token is not rotated, because the next one would be the same.
   */
  async invalidate(
    token?: AccessToken,
    { claims, error = 'invalid_token' }: InvalidateOptions = {},
  ): Promise<TokenResult> {
    const seen = this.#state.load();
    const { cached, isRejected, isKept } = seen;
    const isOlder = token !== undefined && cached !== undefined && !token.isSameAs(cached.access);
    const isLacking = claims !== undefined && !isOlder && !this.#required.tryRequire(claims);
    if (isLacking && error !== 'invalid_token') return this.get();
    if (cached === undefined || isRejected) return this.#renewer.getOrAcquire();
    if (isKept && this.#renewer.isPaused) return this.#orValid(await this.#renewer.getOrAcquire());
    if (isOlder) return this.get();
    if (this.#expiry.hasExpired()) return this.get();
    const ageMs = elapsedMs(cached.requestedAt, this.#settings.clock);
    const isHopeless = cached.isUnchanged && ageMs < this.#settings.minRefreshPeriodMs;
    if (isHopeless || !this.#rotations.tryTake()) return this.get();
    this.#state.compareAndSwap(seen, { ...seen, result: rejected, isRejected: true, isKept: false });
    const rotation = this.#renewer.startAcquisition();
    const { generation } = cached.access;
    this.#listeners.notify({ type: 'invalidated', at: this.#settings.clock.now(), generation, ageMs });
    return rotation;
  }

  /** What the token shows of itself. */
  status(): TokenStatus {
    const status = toStatus(this.#state.load(), this.#settings.clock);
    return this.#renewer.isStopped ? { ...status, state: 'closed' } : status;
  }

  /** Calls the listener on every event from now on; answers with a function that stops it. Its errors are ignored. */
  subscribe(listener: TokenListener): () => void {
    return this.#listeners.add(listener);
  }

  /** Stops renewal. Waiting callers get `TOKEN_CLOSED`, and nothing is published any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#state.store({ ...empty, result: closed });
    await this.#renewer.stop();
    this.#listeners.notify({ type: 'closed', at: this.#settings.clock.now() });
  }

  #orValid(result: TokenResult): TokenResult {
    return result.isOk() ? result : (this.#valid() ?? result);
  }

  /** The cached token until it expires, also while it is rotated: other resources may accept it. */
  #valid(): TokenResult | undefined {
    const { cached, result, isRejected } = this.#state.load();
    if (cached === undefined || this.#expiry.hasExpired()) return undefined;
    return result.isOk() || (isRejected && this.#renewer.isAcquiring) ? Ok(cached.access) : undefined;
  }

  /** True when the token is valid for that long, or as long as one of its lifetime can be asked to be. */
  #lasts(minValidityMs: number): boolean {
    const { cached } = this.#state.load();
    if (minValidityMs <= 0 || cached === undefined) return true;
    const ageMs = elapsedMs(cached.requestedAt, this.#settings.clock);
    const neededMs = Math.min(minValidityMs, cached.lifetimeMs / 2);
    return cached.lifetimeMs - ageMs >= neededMs || ageMs < this.#settings.minRefreshPeriodMs;
  }
}
