import { notifyListener } from '@bearings/client/layer';
import { TokenConfigError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { StoreReport, TokenRequestFacts } from '../sources/token-source.ts';

/** A new token. */
interface Arrival {
  /** In milliseconds since the epoch. */
  readonly at: number;
  /** Counts the tokens of the handle, from 1. */
  readonly generation: number;
  /** How long the acquisition took, in milliseconds. */
  readonly tookMs: number;
  /** Lifetime from when the token was requested, in milliseconds. */
  readonly lifetimeMs: number;
  /** Which of two secrets the server accepted; absent when there is one secret. */
  readonly secret?: 'current' | 'previous';
  /** Grant and client authentication; absent for a token of another replica, and for a static one. */
  readonly request?: TokenRequestFacts;
}

/** What happens in the life of a token. Contains no secret. Instants are milliseconds since the epoch. */
export type TokenEvent =
  /** There was no usable token, and now there is. */
  | ({ readonly type: 'acquired' } & Arrival)
  /** The next token came while the last one was still valid. */
  | ({ readonly type: 'renewed' } & Arrival)
  /** The next token came because a resource rejected the last one. `isChanged` is false when it is the same again. */
  | ({ readonly type: 'rotated'; readonly isChanged: boolean } & Arrival)
  /** An acquisition failed: the count since the last success, and when the next one is due. */
  | {
      readonly type: 'renewal-failed';
      readonly at: number;
      readonly error: TokenError;
      readonly failures: number;
      readonly tookMs: number;
      readonly retryAt: number;
    }
  /** A resource rejected the token at this age. */
  | { readonly type: 'invalidated'; readonly at: number; readonly generation: number; readonly ageMs: number }
  /** The token expired without a successor. Reported when it is noticed: at a use, or at the next attempt. */
  | { readonly type: 'expired'; readonly at: number; readonly generation: number; readonly overdueMs: number }
  /** The first success after failures: how many, and for how long there was no success. */
  | { readonly type: 'recovered'; readonly at: number; readonly failures: number; readonly downMs: number }
  /** How a store of tokens took part in an acquisition. */
  | ({ readonly type: 'store'; readonly at: number } & StoreReport)
  | { readonly type: 'closed'; readonly at: number };

/**
 * Called on every event. Errors it throws or rejects with are ignored.
 *
 * It may use the token, by the rules for every caller: one acquisition at a time, and none during the pause after a
 * failure unless a resource has rejected a valid token.
 */
export type TokenListener = (event: TokenEvent) => unknown;

/** The listeners of one token. */
export class TokenListeners {
  readonly #listeners = new Set<{ readonly listener: TokenListener }>();

  /** Adds a listener; answers with a function that removes it. The same function may be added twice. */
  add(listener: TokenListener): () => void {
    if (typeof listener !== 'function') throw new TokenConfigError('listener', 'must be a function');
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  notify(event: TokenEvent): void {
    if (this.#listeners.size === 0) return;
    const current = [...this.#listeners]; // a listener that is added now gets the next event
    for (const { listener } of current) void notifyListener(listener, Object.freeze(event)); // never rejects
  }
}
