import { Err } from 'ts-results';
import { TokenUnavailableError } from '../errors.ts';
import type { AtomicReference } from './atomic-reference.ts';
import { elapsedMs } from './instant.ts';
import type { TokenListeners } from './token-events.ts';
import type { EngineSettings } from './token-options.ts';
import type { TokenResult, TokenSnapshot } from './token-state.ts';

export interface ExpiryCheckContext {
  readonly state: AtomicReference<TokenSnapshot>;
  readonly settings: EngineSettings;
  readonly listeners: TokenListeners;
}

const expired: TokenResult = Err(new TokenUnavailableError('the last one has expired and is being renewed'));

/**
 * Checks whether the current token has expired. The answer "yes" is final: when the wall clock is set back later, the
 * token does not become valid again, because nothing tells a clock that was wrong before from one that is wrong now.
 */
export class ExpiryCheck {
  readonly #context: ExpiryCheckContext;

  constructor(context: ExpiryCheckContext) {
    this.#context = context;
  }

  /** True when there is a token and it has expired. The first time, the snapshot says so and the listeners are notified. */
  hasExpired(): boolean {
    const { state, settings, listeners } = this.#context;
    const seen = state.load();
    const { cached, failure } = seen;
    if (cached === undefined || seen.isExpired) return seen.isExpired;
    const ageMs = elapsedMs(cached.requestedAt, settings.clock);
    if (ageMs < cached.lifetimeMs) return false;
    const result = seen.isRejected ? seen.result : (failure?.result ?? expired);
    state.store({ ...seen, result, isExpired: true });
    const { generation } = cached.access;
    listeners.notify({ type: 'expired', at: settings.clock.now(), generation, overdueMs: ageMs - cached.lifetimeMs });
    return true;
  }
}
