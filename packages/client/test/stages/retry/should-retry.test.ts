import { expect, test } from 'vitest';
import type { RetryOptions, RetryTrigger } from '../../../src/stages/retry/retry-policy.ts';
import { shouldRetry } from '../../../src/stages/retry/should-retry.ts';
import { caught } from '../../caught.ts';

const idempotent = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'];
const others = ['POST', 'PATCH', 'PURGE'];
const passing: RetryTrigger[] = ['transport', 'timeout', 408, 500, 502, 503, 504];

test.each(passing)('%s is retried for idempotent methods only', (trigger) => {
  expect(idempotent.filter((method) => !shouldRetry(trigger, { method }))).toEqual([]);
  expect(others.filter((method) => shouldRetry(trigger, { method }))).toEqual([]);
});

test.each(passing)('%s is retried for any method with an idempotency key', (trigger) => {
  expect(others.filter((method) => !shouldRetry(trigger, { method, hasIdempotencyKey: true }))).toEqual([]);
});

test('429 is retried for any method: the server has not processed the request', () => {
  expect([...idempotent, ...others].filter((method) => !shouldRetry(429, { method }))).toEqual([]);
});

test.each(['other', 200, 301, 400, 401, 403, 404, 409, 413, 501] as const)('%s is never retried', (trigger) => {
  expect(idempotent.filter((method) => shouldRetry(trigger, { method, hasIdempotencyKey: true }))).toEqual([]);
});

interface Changed {
  readonly trigger: RetryTrigger;
  readonly method: string;
  readonly options: RetryOptions;
  readonly isRetried: boolean;
}

const changes: [string, Changed][] = [
  ['a method that is listed', { trigger: 503, method: 'POST', options: { methods: ['post'] }, isRetried: true }],
  ['a method that is not', { trigger: 503, method: 'GET', options: { methods: ['post'] }, isRetried: false }],
  ['a status that is listed', { trigger: 418, method: 'GET', options: { statusCodes: [418] }, isRetried: true }],
  ['a status that is not', { trigger: 503, method: 'GET', options: { statusCodes: [418] }, isRetried: false }],
  ['no timeouts', { trigger: 'timeout', method: 'GET', options: { retryOnTimeout: false }, isRetried: false }],
  ['always nothing', { trigger: 429, method: 'POST', options: { always: [] }, isRetried: false }],
  ['always connections', { trigger: 'transport', method: 'POST', options: { always: ['transport'] }, isRetried: true }],
  [
    'always timeouts, whatever retryOnTimeout says',
    {
      trigger: 'timeout',
      method: 'POST',
      options: { always: ['timeout'], retryOnTimeout: false },
      isRetried: true,
    },
  ],
  ['always a status of no other list', { trigger: 425, method: 'PATCH', options: { always: [425] }, isRetried: true }],
];

test.each(changes)(
  'options change which triggers are retried: %s',
  (_case, { trigger, method, options, isRetried }) => {
    expect(shouldRetry(trigger, { method }, options)).toBe(isRetried);
  },
);

test('a request that the server has certainly not processed is sent again, whatever its method', () => {
  expect(shouldRetry('transport', { method: 'POST', wasProcessed: false })).toBe(true);
  expect(shouldRetry('transport', { method: 'POST' })).toBe(false);
  expect(shouldRetry('other', { method: 'GET', wasProcessed: false })).toBe(false);
});

test('methods are compared without case', () => {
  expect(shouldRetry(503, { method: 'get' })).toBe(true);
});

test.each<[string, object]>([
  ['retry.statusCodes', { statusCodes: [99] }],
  ['retry.afterStatusCodes', { afterStatusCodes: ['503'] }],
  ['retry.always', { always: ['network'] }],
  ['retry.methods', { methods: 'get' }],
  ['retry.limit', { limit: Infinity }],
  ['retry.backoffLimit', { backoffLimit: -1 }],
  ['retry.maxRetryAfter', { maxRetryAfter: Number.NaN }],
  ['retry.delay', { delay: 100 }],
  ['retry.jitter', { jitter: 5 }],
  ['retry.shouldRetry', { shouldRetry: true }],
  ['retry.onRetry', { onRetry: 'log' }],
])('the error of a wrong option names it: %s', async (field, options) => {
  const error = await caught(() => shouldRetry(503, { method: 'GET' }, options));

  expect(error).toMatchObject({ code: 'CONFIG', field });
  expect(error.message).toContain(`${field} must be `);
});
