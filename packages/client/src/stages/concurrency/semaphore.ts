import type { Clock } from '../../time/clock.ts';

/** How one who comes to a full gate waits. */
export interface AcquireOptions {
  /** How long, in milliseconds; 0 for not at all, `Infinity` for as long as it takes. */
  readonly maxWaitMs: number;
  /** Goes ahead of all who have no priority. */
  readonly hasPriority: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Lets so many through at once, and the next when one leaves. */
export class Semaphore {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #first = new Set<() => void>();
  readonly #queue = new Set<() => void>();
  #inside = 0;

  /** @param queueLimit - how many may wait, besides those who go first */
  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /** True when nobody is inside or waits. */
  get isIdle(): boolean {
    return this.#inside === 0 && this.#first.size + this.#queue.size === 0;
  }

  /**
   * Answers true when inside; false when there is no room, now or within the wait.
   *
   * @throws the signal's reason when it is aborted first
   */
  async acquire({ maxWaitMs, hasPriority, signal, clock }: AcquireOptions): Promise<boolean> {
    if (this.#inside < this.#limit) {
      this.#inside += 1;
      return true;
    }
    const line = hasPriority ? this.#first : this.#queue;
    if (maxWaitMs <= 0 || (!hasPriority && line.size >= this.#queueLimit)) return false;
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const letIn = (): void => resolve(true);
    // out of the line first: a place that is left to one who has given up would be lost
    const giveUp = (): void => void (line.delete(letIn) && reject(signal.reason));
    const endWait = (): void => void (line.delete(letIn) && resolve(false));
    const cancel = maxWaitMs === Infinity ? undefined : clock.schedule(maxWaitMs, endWait);
    line.add(letIn);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
      cancel?.();
    }
  }

  /** Leaves the place to the next, if one waits. */
  release(): void {
    const [next] = this.#first.size > 0 ? this.#first : this.#queue;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#first.delete(next);
    this.#queue.delete(next);
    next();
  }
}
