import type { Clock } from '@bearings/client';
import { driftMs, instantNow, rotationBurst } from './times.ts';
import type { Instant } from './times.ts';

/** The rotations so far, and how many there may be: a burst, then one per period. */
export class RotationRecord {
  readonly all: Instant[] = [];
  readonly #clock: Clock;
  readonly #periodMs: number;
  readonly #began: Instant;
  #bursts = 1;

  constructor(clock: Clock, periodMs: number) {
    this.#clock = clock;
    this.#periodMs = periodMs;
    this.#began = instantNow(clock);
  }

  /** The wall clock went ahead: by it a burst may be allowed again. */
  allowBurst(): void {
    this.#bursts += 1;
  }

  add(): void {
    this.all.push(instantNow(this.#clock));
  }

  /** True when the next rotation must be allowed. */
  get isNextAllowed(): boolean {
    const last = this.all.at(-1);
    const isIdle = last === undefined || this.#clock.monotonic() - last.monotonic >= this.#periodMs;
    return isIdle || this.#periodMs === 0 || this.all.length < rotationBurst;
  }

  get isWithinLimit(): boolean {
    const sinceMs = this.#clock.monotonic() - this.#began.monotonic;
    const most = rotationBurst * this.#bursts + Math.floor(sinceMs / this.#periodMs + driftMs);
    return this.#periodMs === 0 || this.all.length <= most;
  }
}
