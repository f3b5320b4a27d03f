import type { Clock } from '../../time/clock.ts';

/** How to wait when all permits are taken. */
export interface AcquireOptions {
  /** The longest wait in milliseconds; 0 for no wait, `Infinity` for no limit. */
  readonly maxWaitMs: number;
  /** Served before all waiters without priority. */
  readonly hasPriority: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** A fixed number of permits and a bounded queue of waiters. */
export class Semaphore {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #priorityWaiters = new Set<() => void>();
  readonly #waiters = new Set<() => void>();
  #acquired = 0;

  /** @param queueLimit - how many may wait, besides those with priority */
  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /** True when no permit is taken and no call waits. */
  get isIdle(): boolean {
    return this.#acquired === 0 && this.#priorityWaiters.size + this.#waiters.size === 0;
  }

  /**
   * Takes a permit. Returns true with a permit; false when the queue is full or the wait is over.
   *
   * @throws the signal's reason when it is aborted first
   */
  async acquire({ maxWaitMs, hasPriority, signal, clock }: AcquireOptions): Promise<boolean> {
    if (this.#acquired < this.#limit) {
      this.#acquired += 1;
      return true;
    }
    const waiters = hasPriority ? this.#priorityWaiters : this.#waiters;
    if (maxWaitMs <= 0 || (!hasPriority && waiters.size >= this.#queueLimit)) return false;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const admit = (): void => resolve(true);
    // remove the waiter first: a permit that goes to one that has given up would be lost
    const giveUp = (): void => void (waiters.delete(admit) && reject(signal.reason));
    const endWait = (): void => void (waiters.delete(admit) && resolve(false));
    const cancel = maxWaitMs === Infinity ? undefined : clock.schedule(maxWaitMs, endWait);
    waiters.add(admit);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
      cancel?.();
    }
  }

  /** Returns a permit, or passes it to the next waiter. */
  release(): void {
    const [next] = this.#priorityWaiters.size > 0 ? this.#priorityWaiters : this.#waiters;
    if (next === undefined) {
      this.#acquired -= 1;
      return;
    }
    this.#priorityWaiters.delete(next);
    this.#waiters.delete(next);
    next();
  }
}
