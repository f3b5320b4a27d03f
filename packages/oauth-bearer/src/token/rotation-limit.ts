import type { Clock } from '@bearings/client';
import { elapsedMs, momentOf } from './instant.ts';
import type { Moment } from './instant.ts';

/** How much is allowed. */
export interface AllowanceOptions {
  /** At once. */
  readonly burst: number;
  /** One more after each of these periods, in milliseconds; 0 for no limit. */
  readonly periodMs: number;
  readonly clock: Clock;
}

/** So many at once, then one a period: a token bucket. */
export class Allowance {
  readonly #options: AllowanceOptions;
  #left: number;
  #since: Moment;

  constructor(options: AllowanceOptions) {
    this.#options = options;
    this.#left = options.burst;
    this.#since = momentOf(options.clock);
  }

  /** Takes one if there is one. */
  take(): boolean {
    const { burst, periodMs, clock } = this.#options;
    if (periodMs === 0) return true;
    const earned = Math.floor(elapsedMs(this.#since, clock) / periodMs);
    if (earned > 0) {
      this.#left = Math.min(burst, this.#left + earned);
      this.#since = momentOf(clock);
    }
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
