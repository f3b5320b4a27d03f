import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { SecretString } from '../src/secret-string.ts';
import { canary } from './fake-issuer.ts';

const secret = new SecretString('cs_CANARY_9f3a');

test('expose() returns the secret', () => {
  expect(secret.expose()).toBe('cs_CANARY_9f3a');
});

test('a secret prints as redacted', () => {
  expect(String(secret)).toBe('[REDACTED]');
  expect(JSON.stringify({ secret })).toBe('{"secret":"[REDACTED]"}');
  expect(inspect({ deep: { secret } }, { depth: Infinity, showHidden: true })).toContain('[REDACTED]');
});

test.each([[secret], [{ deep: [secret] }], [new Error('x', { cause: secret })], [new Map([[secret, secret]])]])(
  'no way of printing shows the secret',
  (value) => {
    expect(value).toHideSecrets(canary);
  },
);

test('a clone of a secret is empty', () => {
  expect(structuredClone(secret)).toEqual({});
});

test('a secret has no members of its own, and spreads to nothing', () => {
  expect(Reflect.ownKeys(secret)).toEqual([]);
  expect(Object.assign({}, secret)).toEqual({});
});
