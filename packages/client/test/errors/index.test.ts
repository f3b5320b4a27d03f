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
  isClientError,
} from '../../src/errors/index.ts';

const mark: unique symbol = Symbol.for('bearings.error');

test('isClientError recognises an error of another copy of the package', () => {
  class OtherCopy extends Error {
    readonly code = 'OVERLOADED';
    readonly source = 'client';
    readonly [mark] = true;
  }

  expect(isClientError(new OtherCopy())).toBe(true);
  expect(isClientError(new OtherCopy(), 'OVERLOADED')).toBe(true);
});

test('isClientError narrows by code', () => {
  const error: unknown = new TransportError('https://api.test', { reason: 'ECONNRESET', detail: 'socket hang up' });

  expect(isClientError(error, 'TRANSPORT')).toBe(true);
  expect(isClientError(error, 'TLS')).toBe(false);
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
      origin: 'https://api.test',
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
  expect(new OverloadedError(1).retryable).toBe(true);
  expect(new TransportError('https://api.test', { reason: 'ECONNRESET', detail: '' }).retryable).toBe(true);
  expect(new TransportError('https://api.test', { reason: 'ENOTFOUND', detail: '' }).retryable).toBe(false);
  expect(new ConfigError('timeout', '').retryable).toBe(false);
  expect(new ClientClosedError().retryable).toBe(false);
});

test('a deadline error has the number of attempts, and the last failure as its cause', () => {
  const facts = { origin: 'https://api.test', budgetMs: 500 };
  const cause = new Error('answered 503');

  const one = new DeadlineExceededError({ ...facts, attempts: 1, phase: 'token', cause: undefined });
  const two = new DeadlineExceededError({ ...facts, attempts: 2, phase: 'backoff', cause });

  expect(one.message).toBe(
    'The call to https://api.test did not complete within 500 ms (1 attempt; waiting for a token)',
  );
  expect(Object.hasOwn(one, 'cause')).toBe(false);
  expect(two.message).toContain('(2 attempts; waiting for the next attempt)');
  expect([one.phase, two.phase]).toEqual(['token', 'backoff']);
  expect(two.cause).toBe(cause);
});
