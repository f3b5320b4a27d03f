import type { RetryOptions as KyRetryOptions } from 'ky';
import { transientStatuses } from '../../errors/http-status-error.ts';
import { backoffMs } from '../../time/backoff.ts';
import { checkOptions } from '../../core/check-options.ts';
import type { OptionRules } from '../../core/check-options.ts';
import {
  assertOption,
  booleanRule,
  functionRule,
  headerNameRule,
  listRule,
  millisecondsRule,
  numberOrObjectRule,
  objectRule,
  stringRule,
  wholeNumberRule,
} from '../../core/option-rules.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';

/** Why a call is retried: no HTTP response, no response in time, or this status. */
export type RetryTrigger = 'transport' | 'timeout' | number;

/** A retry, reported before the wait for it. */
export interface RetryEvent {
  /** The number of the retry, from 1. */
  readonly retry: number;
  readonly trigger: RetryTrigger | 'other';
  /** The wait before the retry, in milliseconds. */
  readonly delayMs: number;
  readonly method: string;
  readonly origin: string;
  /** The error of the attempt, when there was no response. */
  readonly error?: unknown;
}

/** ky's retry options, and more. */
export interface RetryOptions extends KyRetryOptions {
  /** Retried for every method, because the server has not processed the request. Default: `[429]`. */
  always?: readonly RetryTrigger[] | undefined;
  /** Whether a `Retry-After` shorter than the backoff is used. `false`: the longer of both. Default: true. */
  retryAfterShortens?: boolean | undefined;
  /** Limits the retries of a client; `false` for no limit. A call can only disable it. Default: `{}`, its own defaults. */
  budget?: RetryBudgetOptions | false | undefined;
  /**
   * The header by which the server recognizes a repeated POST or PATCH; requests with it are retried. `false`: no header.
   * Default: `idempotency-key`.
   */
  idempotencyHeader?: string | false | undefined;
  /** Adds this header to a POST or PATCH without it: a UUID, or the result of the function. Default: false. */
  generateIdempotencyKey?: boolean | (() => string) | undefined;
  /** Adds `x-retry-attempt: n` to each retry, from 1. Default: false. */
  attemptHeader?: boolean | undefined;
  /** Called before the wait for each retry. Errors it throws or rejects with are ignored. Default: none. */
  onRetry?: ((event: RetryEvent) => unknown) | undefined;
}

type Optional = 'shouldRetry' | 'onRetry';

/** Retry options with all defaults. */
export type RetryPolicy = Complete<Omit<RetryOptions, Optional>> & Readonly<Pick<RetryOptions, Optional>>;

type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** Two retries of idempotent methods, 100 ms doubling to 20 s with full jitter, `Retry-After` up to a minute. */
export const defaultRetry: RetryPolicy = Object.freeze({
  limit: 2,
  methods: ['get', 'put', 'head', 'delete', 'options', 'trace', 'query'],
  statusCodes: [...transientStatuses],
  afterStatusCodes: [413, 429, 503],
  always: [429],
  maxRetryAfter: 60_000,
  backoffLimit: 20_000,
  delay: (retry: number) => backoffMs(retry, { baseMs: 100, capMs: Infinity }),
  jitter: true,
  retryOnTimeout: true,
  retryAfterShortens: true,
  budget: {},
  idempotencyHeader: 'idempotency-key',
  generateIdempotencyKey: false,
  attemptHeader: false,
});

/**
 * Merges options into a policy. A number is the limit.
 *
 * @throws ConfigError naming the wrong option
 */
export function resolveRetryPolicy(defaults: RetryPolicy, option: number | RetryOptions | undefined): RetryPolicy {
  if (option === undefined) return defaults;
  assertOption('retry', option, numberOrObjectRule('a limit'));
  if (typeof option === 'number') assertOption('retry.limit', option, wholeNumberRule);
  else checkOptions(option, retryRules, { owner: 'A client', within: 'retry' });
  const changes: Partial<RetryPolicy> = typeof option === 'number' ? { limit: option } : withoutUndefined(option);
  const policy = { ...defaults, ...changes };
  const { methods, statusCodes, afterStatusCodes, always } = policy;
  const copies = { methods: [...methods], statusCodes: [...statusCodes], afterStatusCodes: [...afterStatusCodes] };
  return { ...policy, ...copies, always: [...always] };
}

function withoutUndefined(option: RetryOptions): Partial<RetryPolicy> {
  return Object.fromEntries(Object.entries(option).filter(([, value]) => value !== undefined));
}

const isStatus = (value: unknown): boolean =>
  typeof value === 'number' && Number.isInteger(value) && value >= 100 && value <= 599;
const statusesRule = listRule({ test: isStatus, expected: 'a status from 100 to 599' });

const retryRules: OptionRules<RetryOptions> = {
  limit: wholeNumberRule,
  methods: listRule(stringRule),
  statusCodes: statusesRule,
  afterStatusCodes: statusesRule,
  maxRetryAfter: millisecondsRule,
  backoffLimit: millisecondsRule,
  delay: functionRule,
  jitter: {
    test: (value) => typeof value === 'boolean' || typeof value === 'function',
    expected: 'true, false, or a function of the delay',
  },
  retryOnTimeout: booleanRule,
  shouldRetry: functionRule,
  always: listRule({
    test: (value) => value === 'transport' || value === 'timeout' || isStatus(value),
    expected: '"transport", "timeout" or a status from 100 to 599',
  }),
  retryAfterShortens: booleanRule,
  budget: { test: (value) => value === false || objectRule.test(value), expected: 'false or an object of options' },
  idempotencyHeader: {
    test: (value) => value === false || headerNameRule.test(value),
    expected: 'false or the name of a header',
  },
  generateIdempotencyKey: {
    test: (value) => typeof value === 'boolean' || typeof value === 'function',
    expected: 'true, false, or a function that returns a key',
  },
  attemptHeader: booleanRule,
  onRetry: functionRule,
};
