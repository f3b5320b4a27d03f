import { Err, Ok } from 'ts-results';
import { AccessToken } from '../access-token.ts';
import { stampFailure, TokenHttpError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { IssuedToken } from '../sources/token-source.ts';
import type { AtomicReference } from './atomic-reference.ts';
import { pauseAfterFailureMs } from './failure-backoff.ts';
import { elapsedMs, instantBefore, instantNow, msBetween } from './instant.ts';
import type { Instant } from './instant.ts';
import { renewAfterMs } from './renewal-schedule.ts';
import type { TokenListeners } from './token-events.ts';
import type { EngineSettings } from './token-options.ts';
import type { TokenResult, TokenSnapshot } from './token-state.ts';

export interface PublisherContext {
  readonly state: AtomicReference<TokenSnapshot>;
  readonly settings: EngineSettings;
  readonly listeners: TokenListeners;
  /** Schedules the next acquisition. */
  readonly schedule: (delayMs: number) => void;
}

/** A token that has come, and the snapshot it came into. */
export interface Arrival {
  readonly seen: TokenSnapshot;
  readonly startedAt: Instant;
  readonly now: Instant;
  readonly isUnchanged: boolean;
}

/** Puts the outcome of acquisitions into the snapshot, schedules the next one, and notifies the listeners. */
export class TokenPublisher {
  readonly #context: PublisherContext;

  constructor(context: PublisherContext) {
    this.#context = context;
  }

  /** A token that was not acquired: it is there from the start. */
  seed(issued: IssuedToken): void {
    const now = instantNow(this.#context.settings.clock);
    this.#store(issued, { seen: this.#context.state.load(), startedAt: now, now, isUnchanged: true });
  }

  /** A token has come. */
  publish(issued: IssuedToken, arrival: Arrival): TokenResult {
    const { listeners } = this.#context;
    const { seen, startedAt, now, isUnchanged } = arrival;
    const { cached: last, failure } = seen;
    const { lifetimeMs, secret, request } = issued;
    const access = this.#store(issued, arrival);
    const isLate = last === undefined || seen.isExpired || msBetween(last.requestedAt, now) >= last.lifetimeMs;
    const at = now.wallMs;
    const tookMs = msBetween(startedAt, now);
    const { generation } = access;
    const optional = { ...(secret !== undefined && { secret }), ...(request !== undefined && { request }) };
    const facts = { at, generation, tookMs, lifetimeMs, ...optional };
    if (seen.isRejected || seen.isKept) listeners.notify({ type: 'rotated', isChanged: !isUnchanged, ...facts });
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
    const { lifetimeMs, ageMs = 0, scopes = [], value, scheme, username, dpopKey, isCertificateBound } = issued;
    const last = seen.cached?.access;
    const requestedAt = ageMs === 0 ? startedAt : instantBefore(startedAt, ageMs);
    const issuedAt = requestedAt.wallMs;
    const generation = (last?.generation ?? 0) + 1;
    const credential = { value, scopes, scheme, username, dpopKey, isCertificateBound };
    const made = new AccessToken({ ...credential, lifetimeMs, issuedAt, generation });
    const isKept = lifetimeMs === Infinity && last?.isSameAs(made) === true; // a static secret that has not changed
    const access = isKept ? last : made;
    const renewAfter = renewAfterMs({ lifetimeMs, ageMs }, settings, settings.random);
    const cached = {
      access,
      requestedAt,
      lifetimeMs,
      renewAfterMs: renewAfter,
      isUnchanged,
      isShared: issued.isShared === true,
    };
    state.store({ result: Ok(access), cached, isRejected: false, isKept: false, isExpired: false, failure: undefined });
    this.#context.schedule(renewAfter - msBetween(requestedAt, now));
    return access;
  }

  /** An acquisition has failed. Whether the token has expired was checked before. */
  fail(error: TokenError, startedAt: Instant): TokenResult {
    const { state, settings, listeners } = this.#context;
    const { clock, random, backoff } = settings;
    const seen = state.load();
    const { cached } = seen;
    const failedAt = instantNow(clock);
    const count = (seen.failure?.count ?? 0) + 1;
    const isAlive = cached !== undefined && !seen.isExpired;
    const isKept = isAlive && (seen.isRejected || seen.isKept) && error.kind !== 'terminal';
    const isUsable = isAlive && (isKept || (seen.result.isOk() && !seen.isKept));
    const validMs = isUsable ? cached.lifetimeMs - elapsedMs(cached.requestedAt, clock) : Infinity;
    const retryAfterMs = error instanceof TokenHttpError ? error.retryAfterMs : undefined;
    const pauseMs = pauseAfterFailureMs({ count, kind: error.kind, retryAfterMs, validMs }, backoff, random);
    const retryAt = failedAt.wallMs + pauseMs;
    stampFailure(error, failedAt.wallMs, retryAt);
    const failed = Err(error);
    const firstFailedAt = seen.failure?.firstFailedAt ?? failedAt;
    const failure = { result: failed, error, count, firstFailedAt, failedAt, retryAfterMs: pauseMs };
    const result = isKept ? Ok(cached.access) : isUsable ? seen.result : failed;
    state.store({ ...seen, result, isRejected: seen.isRejected && !isKept, isKept, failure });
    if (cached !== undefined) this.#context.schedule(pauseMs);
    const tookMs = elapsedMs(startedAt, clock);
    listeners.notify({ type: 'renewal-failed', at: failedAt.wallMs, error, failures: count, tookMs, retryAt });
    return isKept ? result : failed;
  }
}
