/**
 * Something that can be ended early: a call, or one attempt of it.
 *
 * Its signal is made when somebody asks for it: a signal costs more than all that the stages do with a call that goes
 * well.
 */
export class CancelScope {
  #controller: AbortController | undefined;
  #ending: { readonly reason: unknown } | undefined;
  #waiting: ((reason: unknown) => void)[] | undefined;

  get isCancelled(): boolean {
    return this.#ending !== undefined;
  }

  /** What it was ended with. */
  get reason(): unknown {
    return this.#ending?.reason;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#ending !== undefined) this.#controller.abort(this.#ending.reason);
    }
    return this.#controller.signal;
  }

  /** Ends it; once is enough. */
  cancel(reason: unknown): void {
    if (this.#ending !== undefined) return;
    this.#ending = { reason };
    for (const leave of this.#waiting ?? []) leave(reason);
    this.#waiting = undefined;
    this.#controller?.abort(reason);
  }

  /** Tells, once, when this ends, or at once when it has; answers with the way to call that off. Cheaper than a signal. */
  onCancel(tell: (reason: unknown) => void): () => void {
    if (this.#ending === undefined) (this.#waiting ??= []).push(tell);
    else tell(this.#ending.reason);
    return () => {
      this.#waiting = this.#waiting?.filter((each) => each !== tell);
    };
  }

  /**
   * Waits for `work`, but no longer than this lasts. The work itself goes on.
   *
   * @throws the reason, untouched, when this ends first
   */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const leave = this.onCancel(reject);
      work.then(
        (value) => {
          leave();
          resolve(value);
        },
        (cause: unknown) => {
          leave();
          reject(cause);
        },
      );
    });
  }
}
