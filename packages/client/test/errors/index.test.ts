import { expect, test } from 'vitest';
import { isTimeoutError } from 'ky';
import {
  AttemptTimeoutError,
  BodyTimeoutError,
  ClientClosedError,
  ConfigError,
  DeadlineExceededError,
  OverloadedError,
  TransportError,
  isBearingsError,
} from '../../src/errors/index.ts';

const mark: unique symbol = Symbol.for('bearings.error');

test('isBearingsError recognises an error of another copy of the package', () => {
  class OtherCopy extends Error {
    readonly code = 'OVERLOADED';
    readonly source = 'client';
    readonly [mark] = true;
  }

  expect(isBearingsError(new OtherCopy())).toBe(true);
  expect(isBearingsError(new OtherCopy(), 'OVERLOADED')).toBe(true);
});

test('isBearingsError narrows by code', () => {
  const error: unknown = new TransportError('https://api.test', { reason: 'ECONNRESET', detail: 'socket hang up' });

  expect(isBearingsError(error, 'TRANSPORT')).toBe(true);
  expect(isBearingsError(error, 'TLS')).toBe(false);
});

test('an object that only looks like our error is not recognised', () => {
  expect(isBearingsError({ code: 'CONFIG', source: 'client' })).toBe(false);
  expect(isBearingsError(Object.assign(new Error('x'), { code: 'CONFIG', source: 'client' }))).toBe(false);
  expect(isBearingsError(undefined)).toBe(false);
});

test("ky's isTimeoutError is false for our timeouts", () => {
  const ours = [
    new AttemptTimeoutError('https://api.test', 1),
    new BodyTimeoutError('https://api.test', 1),
    new DeadlineExceededError({
      request: 'https://api.test',
      budgetMs: 1,
      attempts: 1,
      phase: 'start',
      cause: undefined,
    }),
  ];

  expect(ours.map((error) => isTimeoutError(error))).toEqual([false, false, false]);
});

test('each error has retryable as a field', () => {
  expect(new AttemptTimeoutError('https://api.test', 1).retryable).toBe(true);
  expect(new OverloadedError('https://api.test', 1).retryable).toBe(true);
  expect(new TransportError('https://api.test', { reason: 'ECONNRESET', detail: '' }).retryable).toBe(true);
  expect(new TransportError('https://api.test', { reason: 'ENOTFOUND', detail: '' }).retryable).toBe(false);
  expect(new ConfigError('timeout', '').retryable).toBe(false);
  expect(new ClientClosedError('https://api.test').retryable).toBe(false);
});

test('a deadline error has the number of attempts, and the last failure as its cause', () => {
  const facts = { request: { method: 'GET', url: 'https://api.test/v1/orders/42?q=1' }, budgetMs: 500 };
  const cause = new Error('answered 503');

  const one = new DeadlineExceededError({ ...facts, attempts: 1, phase: 'token', cause: undefined });
  const two = new DeadlineExceededError({ ...facts, attempts: 2, phase: 'backoff', cause });

  expect(one.message).toBe(
    'GET https://api.test/v1/orders/{id}: the call did not complete within 500 ms (1 attempt; waiting for a token)',
  );
  expect(Object.hasOwn(one, 'cause')).toBe(false);
  expect(two.message).toContain('(2 attempts; waiting for the next attempt)');
  expect([one.phase, two.phase]).toEqual(['token', 'backoff']);
  expect(two.cause).toBe(cause);
});
