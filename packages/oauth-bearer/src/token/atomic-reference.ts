/**
 * One reference to an immutable value, exchanged as a whole: the only place where state that readers see changes.
 *
 * A reader has the value before an exchange or the one after, never a mixture, and never waits.
 */
export class Swap<T extends object> {
  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  load(): T {
    return this.#value;
  }

  store(value: T): void {
    this.#value = value;
  }

  /** Stores `value` if `expected` is still there. Says whether it was. */
  compareAndSwap(expected: T, value: T): boolean {
    if (this.#value !== expected) return false;
    this.#value = value;
    return true;
  }
}
