/** The moments of the last requests: no window of `perMs` has more than `limit` of them. */
export class RollingWindow {
  readonly #limit: number;
  readonly #perMs: number;
  readonly #sentAt: number[] = [];
  #oldest = 0;

  /** @param limit - a whole number from 1, or `Infinity` */
  constructor(limit: number, perMs: number) {
    this.#limit = limit;
    this.#perMs = perMs;
  }

  /** Milliseconds until a request may be sent; 0 for now. */
  waitMs(nowMs: number): number {
    if (this.#sentAt.length < this.#limit) return 0;
    return Math.max(0, (this.#sentAt[this.#oldest] ?? 0) + this.#perMs - nowMs);
  }

  /** Counts a request. */
  add(nowMs: number): void {
    if (this.#limit === Infinity) return;
    if (this.#sentAt.length < this.#limit) {
      this.#sentAt.push(nowMs);
      return;
    }
    this.#sentAt[this.#oldest] = nowMs;
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }

  /** True when no request counts any more. */
  isEmpty(nowMs: number): boolean {
    const { length } = this.#sentAt;
    const newest = this.#sentAt[(this.#oldest + length - 1) % length] ?? -Infinity;
    return newest + this.#perMs <= nowMs;
  }
}
