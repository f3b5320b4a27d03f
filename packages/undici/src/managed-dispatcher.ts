import type { Dispatcher } from 'undici';

/**
 * A dispatcher and the number of its requests in flight.
 *
 * They are counted here because undici cannot destroy a dispatcher that is closing: an Agent forgets its pools when it
 * begins to close.
 */
export class ManagedDispatcher {
  readonly dispatcher: Dispatcher;
  readonly #isOurs: boolean;
  #inFlight = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(dispatcher: Dispatcher, { isOurs }: { readonly isOurs: boolean }) {
    this.dispatcher = dispatcher;
    this.#isOurs = isOurs;
  }

  /** A request begins. Call {@link release} once when it has ended, with its body. */
  acquire(): void {
    this.#inFlight += 1;
  }

  release(): void {
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#idle?.resolve();
  }

  /** Closes the connections when the last request has ended. Never rejects. */
  async drain(): Promise<void> {
    if (!this.#isOurs) return;
    if (this.#inFlight > 0) {
      this.#idle ??= Promise.withResolvers();
      await this.#idle.promise;
    }
    await this.destroy();
  }

  /** Closes the connections now. Never rejects. */
  async destroy(): Promise<void> {
    if (this.#isOurs) await this.dispatcher.destroy();
  }
}
