import type { RetryOptions } from '../stages/retry/retry-policy.ts';

/** What one call may set differently from its client. */
export interface CallOptions {
  /** How often and when to retry: a limit, or ky's retry options. Default: 2 retries of idempotent methods. */
  readonly retry?: number | RetryOptions | undefined;
  /**
   * Time limit for each attempt, in milliseconds, until the response headers arrive. Waiting for a token does not
   * count. `false` disables it. Default: 30 000.
   */
  readonly timeout?: number | false | undefined;
  /** Longest pause between two chunks of the body, in milliseconds. `false` disables it. Default: 30 000. */
  readonly bodyTimeout?: number | false | undefined;
  /**
   * Time limit for the whole call, in milliseconds: attempts, waits, token and body. `false` disables it. Default: false.
   */
  readonly totalTimeout?: number | false | undefined;
}
