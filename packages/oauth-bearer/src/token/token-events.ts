import type { TokenError } from '../errors.ts';

/** A token that has come. */
interface Arrival {
  /** When, in milliseconds since the epoch. */
  readonly at: number;
  /** Counts the tokens of the handle, from 1. */
  readonly generation: number;
  /** How long it took to get, in milliseconds. */
  readonly tookMs: number;
  /** How long it lives from when it was asked for, in milliseconds. */
  readonly lifetimeMs: number;
  /** Which of two secrets the server knew the client by; not there when there is one secret. */
  readonly secret?: 'current' | 'previous';
}

/** What happens in the life of a token. Holds no secret. Instants are milliseconds since the epoch. */
export type TokenEvent =
  /** There was no token to use, and now there is. */
  | ({ readonly type: 'acquired' } & Arrival)
  /** The next token came while the last one was still good. */
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
  /** The token ended without a successor. Told when it is noticed: at a use, or at the next attempt. */
  | { readonly type: 'expired'; readonly at: number; readonly generation: number; readonly overdueMs: number }
  /** The first success after failures: how many, and for how long there was no success. */
  | { readonly type: 'recovered'; readonly at: number; readonly failures: number; readonly downMs: number }
  | { readonly type: 'closed'; readonly at: number };

/** Who is told. What it throws, or rejects with, harms nobody. */
export type TokenListener = (event: TokenEvent) => unknown;

/** Those who listen to one token. */
export class TokenListeners {
  readonly #listeners = new Set<{ readonly tell: TokenListener }>();

  /** Answers with the way to stop. The same function may listen twice. */
  add(tell: TokenListener): () => void {
    const listener = { tell };
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(event: TokenEvent): void {
    const now = [...this.#listeners]; // one who is added now is told from the next event on
    for (const { tell } of now) void attempt(tell, Object.freeze(event)); // never rejects
  }
}

async function attempt(tell: TokenListener, event: TokenEvent): Promise<void> {
  try {
    await tell(event);
  } catch {
    // the listener's own affair: the token goes on
  }
}
