import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { KeyRing } from '../../src/sealing/index.ts';
import type { KeySet } from '../../src/sealing/index.ts';

const bytes = new Uint8Array(32).fill(7);
const text = Buffer.from(bytes).toString('base64url');
const options = { field: 'keys' };

test.each<[string, KeySet, string]>([
  ['16 bytes', { current: 'k1', keys: { k1: new Uint8Array(16) } }, 'keys.keys.k1 must be 32 random bytes'],
  ['a password', { current: 'k1', keys: { k1: 'correct horse' } }, 'not no bytes'],
  ['a current key that is not there', { current: 'k2', keys: { k1: bytes } }, 'keys.current names no key'],
  ['an id with a dot', { current: 'k.1', keys: { 'k.1': bytes } }, 'has an id that is not'],
  ['no keys', {} as KeySet, 'must be { current'],
])('%s is refused', (...[, keys, message]) => {
  expect(() => new KeyRing(keys, options)).toThrow(message);
});

test('the error for a wrong key is the one that the owner of the keys creates', () => {
  const keys = { current: 'k1', keys: { k1: 'short' } };
  const toError = (field: string): Error => new RangeError(field);

  expect(() => new KeyRing(keys, { field: 'mine', toError })).toThrow(new RangeError('mine.keys.k1'));
});

test('the ids of a set are the current one and the others; a source does not say what it has', () => {
  const set = new KeyRing({ current: 'k2', keys: { k1: bytes, k2: bytes } }, options);
  const source = new KeyRing({ current: () => 'k1', get: () => bytes }, options);

  expect([set.ids, source.ids]).toEqual([['k2', 'k1'], []]);
});

test('a key is read once, and its bytes cannot be read from the ring', async () => {
  const read = vi.fn(() => bytes);
  const ring = new KeyRing({ current: 'k1', keys: { k1: read } }, options);

  const [key] = await Promise.all([ring.get('k1'), ring.get('k1')]);

  expect(read).toHaveBeenCalledTimes(1);
  expect(key?.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('raw', key ?? ({} as never))).rejects.toThrow();
  expect(inspect(ring, { depth: 9, showHidden: true })).not.toContain(text);
});

test('a source can change the current key while the process runs', async () => {
  let current = 'k1';
  const ring = new KeyRing({ current: () => current, get: async () => bytes }, options);
  const before = await ring.currentId();

  current = 'k2';

  expect([before, await ring.currentId()]).toEqual(['k1', 'k2']);
});

test('a key that a source did not have is asked for again', async () => {
  let isThere = false;
  const ring = new KeyRing({ current: () => 'k1', get: () => (isThere ? bytes : undefined) }, options);
  const before = await ring.get('k2');

  isThere = true;

  expect([before, (await ring.get('k2'))?.type]).toEqual([undefined, 'secret']);
});

test('a function that fails is an error without what it threw, which may quote the key', async () => {
  const fail = (): never => {
    throw new Error(text);
  };
  const ring = new KeyRing({ current: fail, get: fail }, options);

  await expect(ring.get('k1')).rejects.toThrow('keys.keys.k1 could not be read: its function failed');
  await expect(ring.currentId()).rejects.toThrow('keys.current could not be read: its function failed');
});
