import type { Clock } from '@bearings/client';
import { notifyListener } from '@bearings/client/layer';
import type { ConsentEvent } from './consent/consent-event.ts';
import { UserTokensConfigError } from './errors.ts';
import type { GrantEvent } from './grant/grant-event.ts';

/** What happens to grants and consents in one instance of `UserTokens`. Contains no secret. */
export type UserTokensEvent = (GrantEvent | ConsentEvent) & {
  /** In milliseconds since the epoch. */
  readonly at: number;
};

/** Called on every event. Errors it throws or rejects with are ignored. */
export type UserTokensListener = (event: UserTokensEvent) => unknown;

/** The listeners of one instance. */
export class UserTokensListeners {
  readonly #clock: Clock;
  readonly #listeners = new Set<{ readonly listener: UserTokensListener }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a listener; answers with a function that removes it. */
  add(listener: UserTokensListener): () => void {
    if (typeof listener !== 'function') throw new UserTokensConfigError('listener', 'must be a function');
    const entry = { listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  notify(event: GrantEvent | ConsentEvent): void {
    if (this.#listeners.size === 0) return;
    const stamped = Object.freeze({ ...event, at: this.#clock.now() });
    for (const { listener } of this.#listeners) void notifyListener(listener, stamped); // never rejects
  }
}
