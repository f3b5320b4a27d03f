/**
 * Counts what is under way, and says when nothing is.
 *
 * A count and not a Set of the calls: a Set links each table that it outgrows to the next one, so that one table that
 * has grown old keeps all calls since alive until a major collection. Under load that took as long as the calls.
 */
export class Tally {
  #count = 0;
  #empty: PromiseWithResolvers<void> | undefined;

  add(): void {
    this.#count += 1;
  }

  take(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#empty?.resolve();
    this.#empty = undefined;
  }

  /** Answers when there are none, or no more. */
  async none(): Promise<void> {
    if (this.#count === 0) return;
    this.#empty ??= Promise.withResolvers();
    await this.#empty.promise;
  }
}
