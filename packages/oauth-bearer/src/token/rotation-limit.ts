import type { Clock } from '@bearings/client';
import { elapsedMs, instantNow } from './instant.ts';
import type { Instant } from './instant.ts';

export interface RateLimiterOptions {
  /** How many are allowed at once. */
  readonly burst: number;
  /** One more is allowed after each period, in milliseconds; 0 for no limit. */
  readonly periodMs: number;
  readonly clock: Clock;
}

/** How many rotations are allowed at once, as after a revocation of all tokens; then one per period. */
export const rotationBurst = 3;

/** A token bucket: a burst, then one per period. */
export class RateLimiter {
  readonly #options: RateLimiterOptions;
  #left: number;
  #filledAt: Instant;

  constructor(options: RateLimiterOptions) {
    this.#options = options;
    this.#left = options.burst;
    this.#filledAt = instantNow(options.clock);
  }

  /** Takes one if there is one. */
  tryTake(): boolean {
    const { burst, periodMs, clock } = this.#options;
    if (periodMs === 0) return true;
    const earned = Math.floor(elapsedMs(this.#filledAt, clock) / periodMs);
    if (earned > 0) {
      this.#left = Math.min(burst, this.#left + earned);
      this.#filledAt = instantNow(clock);
    }
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
