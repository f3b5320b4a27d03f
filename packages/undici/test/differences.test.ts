import { gzipSync } from 'node:zlib';
import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Client } from '@bearings/client';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { caught } from '../../client/test/caught.ts';
import { byteServer, head } from '../../client/test/sockets/byte-server.ts';
import { watchedServer } from '../../client/test/sockets/watched-server.ts';
import { undiciClient } from './networks.ts';

/** The differences in the README, tested over both transports. */
const over = (baseUrl: string) => ({
  fetch: createClient({ baseUrl, retry: 0 }),
  undici: undiciClient({ baseUrl, retry: 0 }),
});

test('a gzip body that ends too early is a response that broke off, where fetch takes the part for the whole', async () => {
  const zip = gzipSync('x'.repeat(1_000_000));
  const server = await watchedServer((_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(zip.subarray(0, zip.length / 2)),
  );
  const { fetch, undici } = over(server.origin);

  expect((await fetch.get('').text()).length).toBeLessThan(1_000_000);
  expect(await caught(() => undici.get('').text())).toMatchObject({ code: 'TRANSPORT', reason: 'Z_BUF_ERROR' });
});

test('an empty body in zstd is empty, where fetch fails', async () => {
  const server = await watchedServer((_, response) => response.writeHead(200, { 'content-encoding': 'zstd' }).end());
  const { fetch, undici } = over(server.origin);

  expect(await caught(() => fetch.get('').text())).toMatchObject({ code: 'TRANSPORT' });
  expect(await undici.get('').text()).toBe('');
});

test('zstd, and brotli without TLS, are accepted too; headers that only browsers use are not sent', async () => {
  const server = await watchedServer((_, response) => response.end());
  const { fetch, undici } = over(server.origin);

  await fetch.fetch('/');
  await undici.fetch('/');

  const [before, after] = server.seen.map(({ headers }) => headers);
  expect([before?.['accept-encoding'], after?.['accept-encoding']]).toEqual([
    'gzip, deflate',
    'gzip, deflate, br, zstd',
  ]);
  expect(Object.keys(before ?? {})).toEqual(expect.arrayContaining(['accept-language', 'sec-fetch-mode']));
  expect(Object.keys(after ?? {}).toSorted()).toEqual([
    'accept',
    'accept-encoding',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('a 407 is a response, where fetch rejects it', async () => {
  const server = await watchedServer((_, response) => response.writeHead(407).end('unknown'));
  const { fetch, undici } = over(server.origin);

  expect(await caught(() => fetch.fetch('/'))).toMatchObject({ code: 'TRANSPORT', reason: 'REFUSED' });
  expect((await undici.fetch('/')).status).toBe(407);
});

test("blocked: 'response' returns the redirect after a stream, too", async () => {
  const server = await watchedServer((_, response) => response.writeHead(307, { location: '/to' }).end());
  const put = (send: Client['fetch']): Promise<Response> =>
    send('/', { method: 'PUT', body: new Blob(['once']).stream(), duplex: 'half' });
  const options = { baseUrl: server.origin, redirects: { blocked: 'response' as const } };

  expect(await caught(() => put(createClient(options).fetch))).toMatchObject({
    code: 'REDIRECT_BLOCKED',
  });
  expect((await put(undiciClient(options).fetch)).status).toBe(307);
});

test('integrity is a CONFIG error, because it would not be checked', async () => {
  const server = await watchedServer((_, response) => response.end('body'));
  const { fetch, undici } = over(server.origin);
  const init = { integrity: 'sha256-AAAA' };

  expect(await caught(() => fetch.fetch('/', init))).toMatchObject({ code: 'TRANSPORT' });
  expect(await caught(() => undici.fetch('/', init))).toMatchObject({ code: 'CONFIG', field: 'integrity' });
});

test('a port that fetch forbids is called', async () => {
  const fetch = createClient({ retry: 0 });
  const undici = undiciClient({ retry: 0 });

  expect(await caught(() => fetch.fetch('http://127.0.0.1:1/'))).toMatchObject({ reason: 'REFUSED' });
  expect(await caught(() => undici.fetch('http://127.0.0.1:1/'))).toMatchObject({ reason: 'ECONNREFUSED' });
});

test('a response is instanceof Response, but was not created by its constructor', async () => {
  const server = await byteServer(({ socket }) => socket.write(`${head('200 OK', 'content-length: 2')}ok`));
  let response: Response | undefined;
  const seen = layer(
    'network',
    'seen',
    (next) =>
      async (...args) =>
        (response = await next(...args)),
  );
  const { withUndici } = await import('../src/with-undici.ts');
  await using network = withUndici();
  const client = createClient({ baseUrl: server.origin }, network, seen);
  await client.get('').text();

  expect(response).toBeInstanceOf(Response);
  expect(Object.prototype.toString.call(response)).toBe('[object Response]');
  expect(inspect(response)).toMatch(/^Response \{\n {2}status: 200/);
  expect(() => Response.prototype.text.call(response)).toThrow(TypeError);
});
