import { notifyListener } from '@bearings/client/layer';
import type { TokenError } from '@bearings/oauth-bearer';
import { UserTokensConfigError } from '../errors.ts';
import type { GrantKey } from '../store/grant-key.ts';

/** Whose grant an event is about. */
interface GrantFacts extends GrantKey {
  readonly id: string;
  /** In milliseconds since the epoch. */
  readonly at: number;
}

/** What happens to grants in this instance of `UserTokens`. Contains no secret. */
export type GrantEvent =
  /** A user has consented. */
  | ({ readonly type: 'connected' } & GrantFacts)
  | ({ readonly type: 'refreshed'; readonly tookMs: number } & GrantFacts)
  /** The provider does not answer, or an operator has to change a setting. The grant stays as it is. */
  | ({ readonly type: 'refresh-failed'; readonly error: TokenError } & GrantFacts)
  /** Only new consent helps. */
  | ({ readonly type: 'reauthorization-required'; readonly reason: string } & GrantFacts)
  /** The store did not take a new pair of tokens. They are used, and lost if the process ends before `persisted`. */
  | ({ readonly type: 'persist-failed' } & GrantFacts)
  | ({ readonly type: 'persisted' } & GrantFacts)
  | ({ readonly type: 'revoked' } & GrantFacts);

/** Called on every event. Errors it throws or rejects with are ignored. */
export type GrantListener = (event: GrantEvent) => unknown;

/** The listeners of one instance. */
export class GrantListeners {
  readonly #listeners = new Set<{ readonly listener: GrantListener }>();

  /** Adds a listener; answers with a function that removes it. */
  add(listener: GrantListener): () => void {
    if (typeof listener !== 'function') throw new UserTokensConfigError('listener', 'must be a function');
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  notify(event: GrantEvent): void {
    for (const { listener } of this.#listeners) void notifyListener(listener, Object.freeze(event)); // never rejects
  }
}
