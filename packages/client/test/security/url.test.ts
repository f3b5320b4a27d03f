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
])('%s cannot leave this machine', (url) => {
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
])('%s may leave it', (url) => {
  expect(isLoopback(new URL(url))).toBe(false);
});

test('https is secure anywhere, http on loopback only, and nothing else is', () => {
  expect(isSecure(new URL('https://api.test/'))).toBe(true);
  expect(isSecure(new URL('http://127.0.0.1/'))).toBe(true);
  expect(isSecure(new URL('http://api.test/'))).toBe(false);
  expect(isSecure(new URL('ftp://127.0.0.1/'))).toBe(false);
  expect(isSecure(new URL('file:///etc/passwd'))).toBe(false);
});

test('an error may name the origin, and no more than it', () => {
  expect(parseOrigin('https://u:p@api.test:8443/path?q=1#f')).toBe('https://api.test:8443');
  expect(parseOrigin('no url')).toBe('an invalid URL');
});

test('a path is resolved against home, an absolute URL is not', () => {
  expect(parseUrl('v1/orders', 'https://api.test/base/').href).toBe('https://api.test/base/v1/orders');
  expect(parseUrl('https://other.test/x', 'https://api.test/').href).toBe('https://other.test/x');
});

test.each(['https://user:hunter2@api.test/', 'https://user@api.test/', 'https://:hunter2@api.test/'])(
  '%s is refused without being quoted',
  async (input) => {
    const error = await caught(() => parseUrl(input));

    expect(error).toMatchObject({ code: 'INVALID_URL' });
    expect(error.message).not.toMatch(/hunter2|user@|user:/);
  },
);

test('what is no URL is refused without being quoted', async () => {
  const error = await caught(() => parseUrl('https://user:hunter2@'));

  expect(error).toMatchObject({ code: 'INVALID_URL' });
  expect(`${error.message}${error.stack}`).not.toContain('hunter2');
});
