import type { CancelScope } from '../../core/cancel-scope.ts';
import type { Clock } from '../../time/clock.ts';

/** How to wait when all permits are taken. */
export interface WaitOptions {
  /** The longest wait in milliseconds; `Infinity` for no limit. */
  readonly maxWaitMs: number;
  /** Served before all waiters without priority, and not counted by the limit of the queue. */
  readonly hasPriority: boolean;
  readonly clock: Clock;
}

/** Lets one waiter in. */
type Admit = () => void;

/** A number of permits and a bounded queue of waiters. */
export class Semaphore {
  #limit: number;
  readonly #queueLimit: number;
  readonly #priorityWaiters = new Set<Admit>();
  readonly #waiters = new Set<Admit>();
  #acquired = 0;

  /** @param queueLimit - how many may wait, besides those with priority */
  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /** True when all permits are taken. */
  get isExhausted(): boolean {
    return this.#acquired >= this.#limit;
  }

  /** Changes the number of permits. With more, waiters are let in; with less, those that are returned are not passed on. */
  setLimit(limit: number): void {
    this.#limit = limit;
    while (this.#acquired < this.#limit && this.#admitNext()) this.#acquired += 1;
  }

  /** True when no permit is taken and no call waits. */
  get isIdle(): boolean {
    return this.#acquired === 0 && this.waiting === 0;
  }

  /** How many calls wait. */
  get waiting(): number {
    return this.#priorityWaiters.size + this.#waiters.size;
  }

  /**
   * Takes a permit. Gives true with a permit; false when the queue is full or the wait is over.
   *
   * @param scope - ends the wait when it is cancelled
   * @throws what the scope is cancelled with, when it is cancelled first
   */
  acquire(scope: CancelScope, options: WaitOptions): boolean | Promise<boolean> {
    if (this.#acquired < this.#limit) {
      this.#acquired += 1;
      return true;
    }
    const waiters = options.hasPriority ? this.#priorityWaiters : this.#waiters;
    if (!options.hasPriority && waiters.size >= this.#queueLimit) return false;
    return wait(waiters, scope, options);
  }

  /** Returns a permit, or passes it to the next waiter. */
  release(): void {
    if (this.#acquired > this.#limit || !this.#admitNext()) this.#acquired -= 1;
  }

  #admitNext(): boolean {
    const [next] = this.#priorityWaiters.size > 0 ? this.#priorityWaiters : this.#waiters;
    if (next === undefined) return false;
    this.#priorityWaiters.delete(next);
    this.#waiters.delete(next);
    next();
    return true;
  }
}

/** Waits among others. Who gives up leaves them first: a permit that went to it would be lost. */
function wait(waiters: Set<Admit>, scope: CancelScope, { maxWaitMs, clock }: WaitOptions): Promise<boolean> {
  return new Promise<boolean>((resolve, reject) => {
    const giveUp = (end: () => void): void => void (waiters.delete(admit) && end());
    const cancelTimer =
      maxWaitMs === Infinity ? undefined : clock.schedule(maxWaitMs, () => giveUp(() => resolve(false)));
    const admit = (): void => {
      cancelTimer?.();
      resolve(true);
    };
    waiters.add(admit);
    scope.onCancel((reason) => {
      cancelTimer?.();
      giveUp(() => reject(reason));
    });
  });
}
