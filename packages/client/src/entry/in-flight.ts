/**
 * Counts the calls in flight, and waits until there are none.
 *
 * It is a count and not a Set of calls: a Set links each table that it outgrows to the next one, so one table that has
 * grown old keeps all later calls alive until a major collection.
 */
export class InFlightCounter {
  #count = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  add(): void {
    this.#count += 1;
  }

  remove(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** Resolves when no call is in flight. */
  async whenIdle(): Promise<void> {
    if (this.#count === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }
}
