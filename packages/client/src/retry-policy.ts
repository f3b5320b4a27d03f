import type { RetryOptions as KyRetryOptions } from 'ky';
import { backoffMs } from './backoff.ts';
import { ConfigError, isClientError } from './errors.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';

/** ky's retry options, and two of ours. */
export interface RetryOptions extends KyRetryOptions {
  /** Whether a `Retry-After` that is sooner than the own backoff is followed. Default: true; else the later of both. */
  retryAfterShortens?: boolean | undefined;
  /** How many retries a client may add to its traffic; `false` for no limit. A call may only switch it off. */
  budget?: RetryBudgetOptions | false | undefined;
}

/** Retry options, each with its value. */
export type RetryPolicy = Readonly<Required<Omit<RetryOptions, 'shouldRetry'>> & Pick<RetryOptions, 'shouldRetry'>>;

/** What came of one attempt. */
export type Outcome = { readonly response: Response } | { readonly error: unknown };

/** Two retries of idempotent methods, 100 ms doubling to 20 s with full jitter, `Retry-After` up to a minute. */
export const defaultRetry: RetryPolicy = Object.freeze({
  limit: 2,
  methods: ['get', 'put', 'head', 'delete', 'options', 'trace', 'query'],
  statusCodes: [408, 429, 500, 502, 503, 504],
  afterStatusCodes: [413, 429, 503],
  maxRetryAfter: 60_000,
  backoffLimit: 20_000,
  delay: (retry: number) => backoffMs(retry, { baseMs: 100, capMs: Infinity }),
  jitter: true,
  retryOnTimeout: true,
  retryAfterShortens: true,
  budget: {},
});

/**
 * The policy with what an option changes of it: a number is the limit alone.
 *
 * @throws ConfigError when the limit is not a whole number from 0
 */
export function retryPolicy(defaults: RetryPolicy, option: number | RetryOptions | undefined): RetryPolicy {
  if (option === undefined) return defaults;
  const changes = typeof option === 'number' ? { limit: option } : definedOf(option);
  const policy = { ...defaults, ...changes };
  if (!Number.isInteger(policy.limit) || policy.limit < 0) {
    throw new ConfigError('retry.limit', `retry.limit must be a whole number from 0, not ${String(policy.limit)}`);
  }
  const { methods, statusCodes, afterStatusCodes } = policy;
  return { ...policy, methods: [...methods], statusCodes: [...statusCodes], afterStatusCodes: [...afterStatusCodes] };
}

function definedOf(option: RetryOptions): RetryOptions {
  return Object.fromEntries(Object.entries(option).filter(([, value]) => value !== undefined));
}

/** Whether the policy allows another attempt at all: its limit, and the method. */
export function mayRetry(policy: RetryPolicy, method: string, attempt: number): boolean {
  return attempt <= policy.limit && policy.methods.some((each) => each.toLowerCase() === method.toLowerCase());
}

/**
 * Whether this outcome is worth another attempt: a transport failure, an attempt that timed out, a status on the list.
 *
 * Everything else, an acquisition of a token that failed among it, is not made better by asking again.
 */
export function isPassing(policy: RetryPolicy, outcome: Outcome): boolean {
  if ('response' in outcome) return policy.statusCodes.includes(outcome.response.status);
  if (isClientError(outcome.error, 'ATTEMPT_TIMEOUT')) return policy.retryOnTimeout;
  return isClientError(outcome.error, 'TRANSPORT') && outcome.error.retryable;
}
