import { expect, test } from 'vitest';
import { isDynamic, isSameMaterials, readMaterials } from '../src/tls-material.ts';

test('whether the certificate of the server is checked is passed on as it is set', async () => {
  const { tls, proxyTls } = await readMaterials({
    tls: { rejectUnauthorized: false },
    proxyTls: { rejectUnauthorized: true },
  });

  expect([tls, proxyTls]).toEqual([{ rejectUnauthorized: false }, { rejectUnauthorized: true }]);
});

test('another key for the same certificate is another material', () => {
  const one = { tls: { cert: 'cert', key: 'key 1' }, proxyTls: undefined };

  expect(isSameMaterials(one, { ...one, tls: { ...one.tls } })).toBe(true);
  expect(isSameMaterials(one, { ...one, tls: { ...one.tls, key: 'key 2' } })).toBe(false);
});

test('a function for the key alone is read again too', () => {
  expect(isDynamic({ tls: { cert: 'cert', key: () => 'key' } })).toBe(true);
  expect(isDynamic({ tls: { cert: 'cert', key: 'key' } })).toBe(false);
});
