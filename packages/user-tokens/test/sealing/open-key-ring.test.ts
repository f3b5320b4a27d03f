import { inspect } from 'node:util';
import { SecretString } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import type { KeySource } from '@bearings/user-tokens';
import { openKeyRing } from '../../src/sealing/open-key-ring.ts';

const bytes = new Uint8Array(32).fill(7);
const text = Buffer.from(bytes).toString('base64url');

test.each([
  ['bytes', bytes],
  ['base64url text', text],
  ['base64 text with padding', Buffer.from(bytes).toString('base64')],
  ['text that ends with a line break, as files do', `${text}\n`],
  ['a SecretString', new SecretString(text)],
  ['a function', () => bytes],
  ['an async function', async () => text],
])('a key may be %s', async (_, key) => {
  const ring = await openKeyRing({ current: 'k1', keys: { k1: key } });

  expect(await ring.unwrap().currentId()).toBe('k1');
});

test.each([
  [
    '16 bytes',
    { k1: new Uint8Array(16) },
    'k1',
    'keys.k1 must be 32 random bytes, or their base64url text, not 16 bytes',
  ],
  ['a password', { k1: 'correct horse' }, 'k1', 'not no bytes'],
  ['short text', { k1: 'c2hvcnQ' }, 'k1', 'not 5 bytes'],
  ['a function that returns a short key', { k1: () => new Uint8Array(8) }, 'k1', 'not 8 bytes'],
  ['a former key that is short', { k1: bytes, k0: new Uint8Array(31) }, 'k1', 'keys.k0'],
  ['a current key that is not there', { k1: bytes }, 'k2', 'keys.current names no key'],
  ['an id with a space', { 'k 1': bytes }, 'k 1', 'has an id that is not'],
])('%s is refused', async (...[, keys, current, message]) => {
  const ring = await openKeyRing({ current, keys: { ...keys } });

  expect(ring.isErr() && ring.error).toMatchObject({ code: 'USER_TOKENS_CONFIG' });
  expect(ring.isErr() && ring.error.message).toContain(message);
});

test('a function that fails is refused without what it threw, which may quote the key', async () => {
  const fail = (): never => {
    throw new Error(text);
  };

  const ring = await openKeyRing({ current: 'k1', keys: { k1: fail } });

  expect(inspect(ring)).not.toContain(text);
  expect(ring.isErr() && ring.error.message).toBe('keys.keys.k1 could not be read: its function failed');
});

test.each<[string, KeySource]>([
  ['whose current key is not there', { current: () => 'k1', get: () => undefined }],
  ['whose current id is none', { current: () => 'a key', get: () => bytes }],
  ['that does not say which key is current', { current: () => Promise.reject(new Error(text)), get: () => bytes }],
])('a source %s is refused', async (_, source) => {
  const ring = await openKeyRing(source);

  expect(ring.isErr() && ring.error).toMatchObject({ code: 'USER_TOKENS_CONFIG' });
  expect(inspect(ring)).not.toContain(text);
});
