/** Where backoff begins and what it never exceeds. */
export interface BackoffOptions {
  /** The delay before the first retry, in milliseconds. */
  readonly baseMs: number;
  /** No delay is longer than this, in milliseconds. */
  readonly capMs: number;
}

/**
 * The delay before retry number `retry` (from 1), without jitter: the base, doubled each time, up to the cap.
 *
 * Jitter goes on top and must not be cut at the cap, or all clients would come back at the same moment.
 */
export function backoffMs(retry: number, { baseMs, capMs }: BackoffOptions): number {
  return Math.min(capMs, baseMs * 2 ** (retry - 1));
}

/** Full jitter: anything from 0 to the delay, so that clients who failed together do not return together. */
export function fullJitter(delayMs: number, random: () => number): number {
  return random() * delayMs;
}
