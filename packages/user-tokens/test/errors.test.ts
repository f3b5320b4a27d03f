import { isBearingsError } from '@bearings/client';
import { StoreError, UserTokensConfigError } from '@bearings/user-tokens';
import { expect, test } from 'vitest';

test('an error is recognized by its code, and one of another package is not', () => {
  const failure: unknown = new StoreError('unavailable', 'PostgreSQL does not answer');

  expect(isBearingsError(failure, 'STORE')).toBe(true);
  expect(isBearingsError(failure, 'USER_TOKENS_CONFIG')).toBe(false);
  expect(isBearingsError(new Error('STORE'))).toBe(false);
});

test('only a store that does not answer is worth another try', () => {
  expect(new StoreError('unavailable', 'the disk is full').retryable).toBe(true);
  expect(new StoreError('undecryptable', 'the seal is broken').retryable).toBe(false);
  expect(new UserTokensConfigError('keys', 'must be 32 bytes').retryable).toBe(false);
});
