import type { Clock } from '@bearings/client';
import { ManualClock } from '../../client/test/manual-clock.ts';

export { underWay } from '../../client/test/manual-clock.ts';

/** A hand-advanced clock whose wall time can part from its monotonic time. */
export class MachineClock implements Clock {
  readonly #machine = new ManualClock();
  #wallShiftMs = 0;

  now(): number {
    return this.#machine.now() + this.#wallShiftMs;
  }

  monotonic(): number {
    return this.#machine.monotonic();
  }

  schedule(delayMs: number, act: () => void): () => void {
    return this.#machine.schedule(delayMs, act);
  }

  /** How far the waiting timers are away, in milliseconds, nearest first. */
  get waits(): readonly number[] {
    return this.#machine.waits;
  }

  advance(byMs: number): Promise<void> {
    return this.#machine.advance(byMs);
  }

  /** Somebody sets the machine's clock. */
  jumpWall(byMs: number): void {
    this.#wallShiftMs += byMs;
  }

  /** The machine sleeps: monotonic time and timers stand still, wall time does not. */
  suspend(forMs: number): void {
    this.jumpWall(forMs);
  }
}
