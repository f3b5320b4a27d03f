/** The bounds of an exponential backoff. */
export interface BackoffOptions {
  /** The delay before the first retry, in milliseconds. */
  readonly baseMs: number;
  /** The longest delay, in milliseconds. */
  readonly capMs: number;
}

/**
 * The delay before retry number `retry` (from 1), without jitter: the base, doubled for each retry, up to the cap.
 *
 * Apply jitter after the cap: a cap after the jitter would make all clients retry at the same moment.
 */
export function backoffMs(retry: number, { baseMs, capMs }: BackoffOptions): number {
  return Math.min(capMs, baseMs * 2 ** (retry - 1));
}

/** Full jitter: a random delay from 0 to the given one, so that clients that failed together retry apart. */
export function fullJitter(delayMs: number, random: () => number): number {
  return random() * delayMs;
}
