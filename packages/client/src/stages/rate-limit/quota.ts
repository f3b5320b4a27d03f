import type { CancelScope } from '../../core/cancel-scope.ts';
import type { Cancel, Clock } from '../../time/clock.ts';
import { RollingWindow } from './rolling-window.ts';

/** The limits of a quota. */
export interface QuotaLimits {
  readonly limit: number;
  readonly perMs: number;
  /** How many requests may wait. */
  readonly queue: number;
}

/** One quota: requests are admitted in their order, as its window and its pause allow. */
export class Quota {
  readonly #limits: QuotaLimits;
  readonly #window: RollingWindow;
  readonly #clock: Clock;
  readonly #waiters = new Set<() => void>();
  #pausedUntil = -Infinity;
  #cancelTimer: Cancel | undefined;

  constructor(limits: QuotaLimits, clock: Clock) {
    this.#limits = limits;
    this.#window = new RollingWindow(limits.limit, limits.perMs);
    this.#clock = clock;
  }

  /** True when forgetting it would change nothing. */
  get isIdle(): boolean {
    return this.#waiters.size === 0 && this.pauseMs === 0 && this.#window.isEmpty(this.#clock.monotonic());
  }

  /** Milliseconds that the server has asked to wait; 0 when it has not. */
  get pauseMs(): number {
    return Math.max(0, this.#pausedUntil - this.#clock.monotonic());
  }

  get isFull(): boolean {
    return this.#waiters.size >= this.#limits.queue;
  }

  /** Admits nothing for this time, at least. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.monotonic() + ms);
    if (this.#waiters.size > 0) this.#arm();
  }

  /** Takes a place at once, if there is one and no other request waits for it. */
  tryTake(): boolean {
    if (this.#waiters.size > 0 || this.#waitMs() > 0) return false;
    this.#window.add(this.#clock.monotonic());
    return true;
  }

  /**
   * Waits for a place.
   *
   * @throws what the scope is cancelled with
   */
  async take(scope: CancelScope): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiters.add(resolve);
    this.#arm();
    const forget = scope.onCancel((reason) => {
      this.#waiters.delete(resolve);
      if (this.#waiters.size === 0) this.#disarm();
      reject(reason);
    });
    await promise;
    forget();
  }

  #waitMs(): number {
    return Math.max(this.pauseMs, this.#window.waitMs(this.#clock.monotonic()));
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#clock.schedule(this.#waitMs(), () => this.#admit());
  }

  #admit(): void {
    this.#cancelTimer = undefined;
    for (const waiter of this.#waiters) {
      if (this.#waitMs() > 0) break;
      this.#waiters.delete(waiter);
      this.#window.add(this.#clock.monotonic());
      waiter();
    }
    if (this.#waiters.size > 0) this.#arm();
  }
}
