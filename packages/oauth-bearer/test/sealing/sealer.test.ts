import { expect, test } from 'vitest';
import { KeyRing, Sealer } from '../../src/sealing/index.ts';
import type { KeySet } from '../../src/sealing/index.ts';
import { SecretString } from '../../src/secret-string.ts';

const key = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
const text = new TextEncoder().encode('the token');
const context = ['token', 'key', 'id'];

const sealerOver = (keys: KeySet, purpose = 'test/1'): Sealer =>
  new Sealer(new KeyRing(keys, { field: 'keys' }), purpose);
const keys = { current: 'k1', keys: { k1: key(1) } };

test('what is sealed opens with the same key, purpose and context', async () => {
  const sealed = await sealerOver(keys).seal(text, context);

  const opened = await sealerOver(keys).open(sealed, context);

  expect(new TextDecoder().decode(opened)).toBe('the token');
  expect(sealed.keyId).toBe('k1');
});

test('the same text is sealed to other bytes each time', async () => {
  const sealer = sealerOver(keys);

  const [one, other] = [await sealer.seal(text, context), await sealer.seal(text, context)];

  expect(Buffer.from(one.sealed).equals(Buffer.from(other.sealed))).toBe(false);
});

test.each([
  ['another context', keys, 'test/1', ['token', 'key', 'other']],
  ['the same context, cut differently', keys, 'test/1', ['token', 'keyi', 'd']],
  ['another purpose', keys, 'test/2', context],
  ['another key of the same name', { current: 'k1', keys: { k1: key(2) } }, 'test/1', context],
  ['a ring without the key', { current: 'k2', keys: { k2: key(1) } }, 'test/1', context],
])('what is sealed does not open with %s', async (...[, others, purpose, place]) => {
  const sealed = await sealerOver(keys).seal(text, context);

  expect(await sealerOver(others, purpose).open(sealed, place)).toBeUndefined();
});

test('each changed or missing byte is noticed', async () => {
  const sealer = sealerOver(keys);
  const { sealed, keyId } = await sealer.seal(text, context);

  for (let index = 0; index < sealed.length; index += 1) {
    const changed = Uint8Array.from(sealed);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(await sealer.open({ keyId, sealed: changed }, context)).toBeUndefined();
    expect(await sealer.open({ keyId, sealed: sealed.slice(0, index) }, context)).toBeUndefined();
  }
});

test.each<[string, KeySet['keys'][string]]>([
  ['bytes', key(1)],
  ['base64', Buffer.from(key(1)).toString('base64')],
  ['base64url in a SecretString', new SecretString(Buffer.from(key(1)).toString('base64url'))],
  ['a function', async () => key(1)],
])('a key is given as %s', async (_, given) => {
  const sealed = await sealerOver(keys).seal(text, context);

  expect(await sealerOver({ current: 'k1', keys: { k1: given } }).open(sealed, context)).toBeDefined();
});

test('a function whose key could not be read is called again', async () => {
  let count = 0;
  const ring = new KeyRing({ current: 'k1', keys: { k1: () => (++count === 1 ? '' : key(1)) } }, { field: 'keys' });

  await expect(ring.get('k1')).rejects.toMatchObject({ code: 'TOKEN_CONFIG' });
  expect(await ring.get('k1')).toBeDefined();
  expect(count).toBe(2);
});
