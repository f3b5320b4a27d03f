import { expect, test } from 'vitest';
import { isLoopback, isSecure, parseOrigin, parseUrl } from '../../src/security/url.ts';
import { caught } from '../caught.ts';

test.each([
  'http://localhost/',
  'http://api.localhost/',
  'http://127.0.0.1/',
  'http://127.255.0.3/',
  'http://2130706433/',
  'http://[::1]/',
])('%s is a loopback URL', (url) => {
  expect(isLoopback(new URL(url))).toBe(true);
});

test.each([
  'http://127.0.0.1.nip.io/',
  'http://localhost.evil.test/',
  'http://notlocalhost/',
  'http://0.0.0.0/',
  'http://10.0.0.1/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::2]/',
])('%s is not a loopback URL', (url) => {
  expect(isLoopback(new URL(url))).toBe(false);
});

test('https is secure for every host, http on loopback only, and no other scheme is', () => {
  expect(isSecure(new URL('https://api.test/'))).toBe(true);
  expect(isSecure(new URL('http://127.0.0.1/'))).toBe(true);
  expect(isSecure(new URL('http://api.test/'))).toBe(false);
  expect(isSecure(new URL('ftp://127.0.0.1/'))).toBe(false);
  expect(isSecure(new URL('file:///etc/passwd'))).toBe(false);
});

test('parseOrigin gives the origin without path, query or password', () => {
  expect(parseOrigin('https://u:p@api.test:8443/path?q=1#f')).toBe('https://api.test:8443');
  expect(parseOrigin('no url')).toBe('an invalid URL');
});

test('parseUrl resolves a path against the base, and keeps an absolute URL', () => {
  expect(parseUrl('v1/orders', 'https://api.test/base/').href).toBe('https://api.test/base/v1/orders');
  expect(parseUrl('https://other.test/x', 'https://api.test/').href).toBe('https://other.test/x');
});

test.each(['https://user:hunter2@api.test/', 'https://user@api.test/', 'https://:hunter2@api.test/'])(
  '%s is rejected, and the error does not contain it',
  async (input) => {
    const error = await caught(() => parseUrl(input));

    expect(error).toMatchObject({ code: 'INVALID_URL' });
    expect(error.message).not.toMatch(/hunter2|user@|user:/);
  },
);

test('a malformed URL is rejected, and the error does not contain it', async () => {
  const error = await caught(() => parseUrl('https://user:hunter2@'));

  expect(error).toMatchObject({ code: 'INVALID_URL' });
  expect(`${error.message}${error.stack}`).not.toContain('hunter2');
});
