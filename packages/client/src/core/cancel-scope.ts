/**
 * Something that can be cancelled: a call, or one attempt of it.
 *
 * Its signal is made on first use: a signal costs more than everything that the stages do with a call that succeeds.
 */
export class CancelScope {
  #controller: AbortController | undefined;
  #cancellation: { readonly reason: unknown } | undefined;
  #listeners: ((reason: unknown) => void)[] | undefined;

  get isCancelled(): boolean {
    return this.#cancellation !== undefined;
  }

  /** What it was cancelled with. */
  get reason(): unknown {
    return this.#cancellation?.reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#cancellation !== undefined) this.#controller.abort(this.#cancellation.reason);
    }
    return this.#controller.signal;
  }

  /** Cancels it. Only the first call has an effect. */
  cancel(reason: unknown): void {
    if (this.#cancellation !== undefined) return;
    this.#cancellation = { reason };
    for (const listener of this.#listeners ?? []) listener(reason);
    this.#listeners = undefined;
    this.#controller?.abort(reason);
  }

  /**
   * Calls the listener once, when this is cancelled, or at once when it already is. Cheaper than a signal.
   *
   * @returns a function that removes the listener
   */
  onCancel(listener: (reason: unknown) => void): () => void {
    if (this.#cancellation !== undefined) listener(this.#cancellation.reason);
    else if (this.#listeners === undefined) this.#listeners = [listener]; // a first push would reserve 17 places
    else this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners?.filter((each) => each !== listener);
    };
  }

  /**
   * Waits for `work`, but no longer than until this is cancelled. The work itself goes on.
   *
   * @throws the reason, unchanged, when this is cancelled first
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const removeListener = this.onCancel(reject);
      work.then(
        (value) => {
          removeListener();
          resolve(value);
        },
        (cause: unknown) => {
          removeListener();
          reject(cause);
        },
      );
    });
  }
}
