import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { ok, redirectTo, scriptedFetch } from '../scripted.ts';

test.each(['https://api.test/', 'http://127.0.0.1:8080/', 'http://localhost/', 'http://[::1]/'])(
  '%s is called',
  async (url) => {
    const { fetch } = createClient({ fetch: scriptedFetch(ok) });

    expect((await fetch(url)).status).toBe(200);
  },
);

test.each([
  'http://api.test/',
  'http://127.0.0.1.nip.io/',
  'http://localhost.evil.test/',
  'http://0.0.0.0/',
  'ftp://127.0.0.1/',
  'data:text/plain,hello',
  'file:///etc/passwd',
])('%s is refused, and nothing is sent', async (url) => {
  const network = scriptedFetch(ok);
  const { fetch } = createClient({ fetch: network });

  expect(await caught(() => fetch(url))).toMatchObject({ code: 'INVALID_SCHEME' });
  expect(network.sent).toEqual([]);
});

test('insecureHttp allows http anywhere, and nothing else', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch(ok), insecureHttp: true });

  expect((await fetch('http://api.test/')).status).toBe(200);
  expect(await caught(() => fetch('ftp://api.test/'))).toMatchObject({ code: 'INVALID_SCHEME' });
});

test('a base URL that could not be called is refused when the client is made', async () => {
  expect(await caught(() => createClient({ baseUrl: 'http://127.0.0.1.nip.io/' }))).toMatchObject({
    code: 'INVALID_SCHEME',
  });
  expect(createClient({ baseUrl: 'http://api.test/', insecureHttp: true }).stages).toContain('destination');
});

test('every hop of a redirect meets the guard', async () => {
  const network = scriptedFetch(redirectTo('http://api.test/'));
  const { fetch } = createClient({ fetch: network, redirects: { origins: ['http://api.test'] } });

  expect(await caught(() => fetch('http://127.0.0.1/'))).toMatchObject({ code: 'INVALID_SCHEME' });
  expect(network.sent).toHaveLength(1);
});
