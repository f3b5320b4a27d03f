/**
 * One reference to an immutable value, replaced as a whole: the only place where state that readers see changes.
 *
 * A reader gets the value before a replacement or the one after it, never a mixture, and never waits.
 */
export class AtomicReference<T extends object> {
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

  /** Stores `value` if `expected` is still there. Answers whether it was. */
  compareAndSwap(expected: T, value: T): boolean {
    if (this.#value !== expected) return false;
    this.#value = value;
    return true;
  }
}
