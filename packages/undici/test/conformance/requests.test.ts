import { expect, test } from 'vitest';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import type { Arrival, WatchedServer } from '../../../client/test/sockets/watched-server.ts';
import { createClient } from '@bearings/client';
import { withUndici } from '../../src/index.ts';
import { networks, ways } from '../networks.ts';

const echo = (): Promise<WatchedServer> => watchedServer((_, response) => response.end('ok'));
const bodyText = (arrival: Arrival | undefined): string | undefined => arrival?.body.toString();

test.each(
  ways.flatMap(([way, parts]) =>
    ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].map((method) => [way, method, parts] as const),
  ),
)('%s: %s arrives with path, query and no fragment', async (_, method, { network, open }) => {
  const server = await echo();

  const response = await open(network({ baseUrl: server.origin }), '/a%20b?q=1&q=%C3%A9#part', { method });

  expect(response.status).toBe(200);
  expect(response.url).toBe(`${server.origin}/a%20b?q=1&q=%C3%A9`);
  expect(server.seen).toMatchObject([{ method, path: '/a%20b?q=1&q=%C3%A9' }]);
});

const bodies: readonly (readonly [string, () => NonNullable<RequestInit['body']>, string, string | undefined])[] = [
  ['a text', () => 'grün', 'grün', 'text/plain;charset=UTF-8'],
  ['an empty text', () => '', '', 'text/plain;charset=UTF-8'],
  [
    'a form of fields',
    () => new URLSearchParams({ a: '1 2' }),
    'a=1+2',
    'application/x-www-form-urlencoded;charset=UTF-8',
  ],
  ['bytes', () => Uint8Array.from([104, 105]), 'hi', undefined],
  ['a part of a larger buffer', () => new Uint8Array(Buffer.from('--hi--')).subarray(2, 4), 'hi', undefined],
  ['an ArrayBuffer', () => Uint8Array.from([104, 105]).buffer, 'hi', undefined],
  ['a Blob', () => new Blob(['blob'], { type: 'text/x-blob' }), 'blob', 'text/x-blob'],
  ['an empty Blob', () => new Blob([]), '', undefined],
];

test.each(
  ways.flatMap(([way, parts]) =>
    bodies.map(([kind, body, ...expected]) => [way, kind, { parts, body, expected }] as const),
  ),
)('%s: %s arrives as it was, with its length and its type', async (_, __, { parts, body, expected }) => {
  const server = await echo();

  await parts.open(parts.network({ baseUrl: server.origin }), '/', { method: 'POST', body: body() });

  const [text, type] = expected;
  expect(bodyText(server.seen[0])).toBe(text);
  expect(server.seen[0]?.headers['content-type']).toBe(type);
  expect(server.seen[0]?.headers['content-length']).toBe(String(Buffer.byteLength(text)));
  expect(server.seen[0]?.headers['transfer-encoding']).toBeUndefined();
});

test('over undici, a Blob is sent with its length once, also when the caller has set it', async () => {
  const server = await echo();
  const client = createClient({ baseUrl: server.origin }, withUndici());

  await client.fetch('/', { method: 'POST', body: new Blob(['abc']), headers: { 'content-length': '3' } });

  expect(server.seen[0]?.headers['content-length']).toBe('3');
  expect(bodyText(server.seen[0])).toBe('abc');
});

test.each(ways)('%s: a form with a file arrives complete, with its length', async (_, { network, open }) => {
  const server = await echo();
  const body = new FormData();
  body.append('na"me\r\n', 'one\ntwo');
  body.append('file', new File(['content'], 'ü.txt', { type: 'text/x-file' }));

  await open(network({ baseUrl: server.origin }), '/', { method: 'POST', body });

  const [arrival] = server.seen;
  const headers = { 'content-type': arrival?.headers['content-type'] ?? '' };
  const form = await new Response(new Uint8Array(arrival?.body ?? []), { headers }).formData();
  expect(arrival?.headers['content-length']).toBe(String(arrival?.body.byteLength));
  expect([...form.keys()]).toHaveLength(2);
  expect([...form.values()][0]).toBe('one\r\ntwo');
  expect(form.get('file')).toMatchObject({ name: 'ü.txt', type: 'text/x-file', size: 7 });
});

test.each(ways)('%s: a stream arrives complete, in chunks', async (_, { network, open }) => {
  const server = await echo();
  const body = ReadableStream.from([Buffer.from('one '), new Uint8Array(), Buffer.from('two')]) as ReadableStream;

  await open(network({ baseUrl: server.origin }), '/', { method: 'PUT', body, duplex: 'half' });

  expect(bodyText(server.seen[0])).toBe('one two');
  expect(server.seen[0]?.headers['transfer-encoding']).toBe('chunked');
});

test.each(ways)('%s: a POST without a body has content-length 0', async (_, { network, open }) => {
  const server = await echo();

  await open(network({ baseUrl: server.origin }), '/', { method: 'POST' });

  expect(server.seen[0]?.headers['content-length']).toBe('0');
});

test.each(ways)('%s: headers arrive unchanged, each once', async (_, { network, open }) => {
  const server = await echo();
  const headers = new Headers({ 'X-One': '1', accept: 'text/x-mine', 'accept-encoding': 'identity' });
  headers.append('x-two', 'a');
  headers.append('x-two', 'b');
  headers.set('x-latin', 'gr\u00fcn');

  await open(network({ baseUrl: server.origin }), '/', { headers });

  expect(server.seen[0]?.headers).toMatchObject({
    'x-one': '1',
    'x-two': 'a, b',
    'x-latin': 'gr\u00fcn',
    accept: 'text/x-mine',
    'accept-encoding': 'identity',
    'user-agent': 'bearings',
    host: new URL(server.origin).host,
  });
});

test.each(networks)('%s: accept and accept-encoding are sent by default', async (_, network) => {
  const server = await echo();

  await network({ baseUrl: server.origin }).fetch('/');

  expect(server.seen[0]?.headers).toMatchObject({ accept: '*/*', 'accept-encoding': expect.stringContaining('gzip') });
});

test.each(ways)(
  '%s: a range is requested without compression, because a part of a compressed body cannot be read',
  async (_, { network, open }) => {
    const server = await echo();

    await open(network({ baseUrl: server.origin }), '/', { headers: { range: 'bytes=0-1' } });

    expect(server.seen[0]?.headers['accept-encoding'] ?? 'identity').toBe('identity');
  },
);

test.each(ways)('%s: a header of 10 kB arrives', async (_, { network, open }) => {
  const server = await echo();
  const long = 'x'.repeat(10_000);

  await open(network({ baseUrl: server.origin }), '/', { headers: { 'x-long': long } });

  expect(server.seen[0]?.headers['x-long']).toBe(long);
});

test.each(ways)('%s: the host is that of the URL, not that of a header', async (_, { network, open }) => {
  const server = await echo();

  await open(network({ baseUrl: server.origin }), '/', { headers: { host: 'another.test' } });

  expect(server.seen[0]?.headers.host).toBe(new URL(server.origin).host);
});
