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

test('an error of another copy of the package is recognised', () => {
  class OtherCopy extends Error {
    readonly code = 'OVERLOADED';
    readonly source = 'client';
    readonly [mark] = true;
  }

  expect(isClientError(new OtherCopy())).toBe(true);
  expect(isClientError(new OtherCopy(), 'OVERLOADED')).toBe(true);
});

test('a code narrows', () => {
  const error: unknown = new TransportError('https://api.test', { reason: 'ECONNRESET', detail: 'socket hang up' });

  expect(isClientError(error, 'TRANSPORT')).toBe(true);
  expect(isClientError(error, 'TLS')).toBe(false);
});

test('what only looks like one of ours is not', () => {
  expect(isBearingsError({ code: 'CONFIG', source: 'client' })).toBe(false);
  expect(isBearingsError(Object.assign(new Error('x'), { code: 'CONFIG', source: 'client' }))).toBe(false);
  expect(isBearingsError(undefined)).toBe(false);
});

test("ky's guard for its own timeouts does not claim ours", () => {
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

test('whether another try may help is a field', () => {
  expect(new AttemptTimeoutError('https://api.test', 1).retryable).toBe(true);
  expect(new OverloadedError(1).retryable).toBe(true);
  expect(new TransportError('https://api.test', { reason: 'ECONNRESET', detail: '' }).retryable).toBe(true);
  expect(new TransportError('https://api.test', { reason: 'ENOTFOUND', detail: '' }).retryable).toBe(false);
  expect(new ConfigError('timeout', '').retryable).toBe(false);
  expect(new ClientClosedError().retryable).toBe(false);
});

test('the end of a deadline counts its attempts and keeps the last failure, if there was one', () => {
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
