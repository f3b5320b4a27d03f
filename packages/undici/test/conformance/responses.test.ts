import { randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { byteServer, head } from '../../../client/test/sockets/byte-server.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import { networks, turns, ways } from '../networks.ts';

const across = <T>(cases: readonly T[]): (readonly [string, T, (typeof ways)[number][1]])[] =>
  ways.flatMap(([way, parts]) => cases.map((each) => [way, each, parts] as const));

test.each(across([200, 201, 206, 300, 400, 404, 418, 500, 599]))('%s: %d with a body', async (_, status, parts) => {
  const server = await watchedServer((__, response) => response.writeHead(status, 'Its Name').end('body'));

  const response = await parts.open(parts.network({ baseUrl: server.origin, retry: 0 }), '/');

  expect(response).toMatchObject({
    status,
    statusText: 'Its Name',
    ok: status < 300,
    redirected: false,
    type: 'basic',
  });
  expect(await response.text()).toBe('body');
  expect(response.bodyUsed).toBe(true);
});

test.each(across([204, 205, 304]))('%s: %d has no body', async (_, status, parts) => {
  const server = await watchedServer((__, response) => response.writeHead(status, { etag: '"1"' }).end());
  const client = parts.network({ baseUrl: server.origin });

  const response = await parts.open(client, '/');
  await turns();
  await parts.open(client, '/');

  expect([response.status, response.body, response.headers.get('etag')]).toEqual([status, null, '"1"']);
  expect([await response.text(), response.bodyUsed]).toEqual(['', false]);
  expect(server.connections).toBe(1);
});

test.each(ways)('%s: HEAD has headers and no body', async (_, { network, open }) => {
  const server = await watchedServer((__, response) => response.writeHead(200, { 'content-length': '999999' }).end());
  const client = network({ baseUrl: server.origin, maxResponseBytes: 10 });

  const response = await open(client, '/', { method: 'HEAD' });

  expect([response.status, response.body, response.headers.get('content-length')]).toEqual([200, null, '999999']);
});

test.each(ways)('%s: an empty body is a body', async (_, { network, open }) => {
  const server = await watchedServer((__, response) => response.end());

  const response = await open(network({ baseUrl: server.origin }), '/');

  expect(response.body).toBeInstanceOf(ReadableStream);
  expect((await response.bytes()).byteLength).toBe(0);
});

test.each(ways)('%s: a status that the constructor of Response rejects is returned', async (_, { network, open }) => {
  const server = await byteServer(({ socket }) => socket.write(`${head('799 Odd', 'content-length: 4')}body`));

  const response = await open(network({ baseUrl: server.origin }), '/');

  expect([response.status, response.clone().status, await response.text()]).toEqual([799, 799, 'body']);
});

test.each(ways)('%s: early hints are ignored', async (_, { network, open }) => {
  const early = head('103 Early Hints', 'link: </a.css>; rel=preload').repeat(2);
  const server = await byteServer(({ socket }) => socket.write(`${early}${head('200 OK', 'content-length: 4')}done`));

  const response = await open(network({ baseUrl: server.origin }), '/');

  expect([response.status, response.headers.has('link'), await response.text()]).toEqual([200, false, 'done']);
});

test.each(ways)(
  '%s: headers are read by a name in any case, and cookies stay separate',
  async (_, { network, open }) => {
    const lines = [
      'X-Two: a',
      'x-two: b',
      'Set-Cookie: a=1; Path=/',
      'set-cookie: b=2, c',
      'X-Latin: gr\u00fcn',
      'X-Empty:',
    ];
    const server = await byteServer(({ socket }) =>
      socket.write(`${head('200 OK', 'content-length: 2', ...lines)}ok`, 'latin1'),
    );

    const { headers } = await open(network({ baseUrl: server.origin }), '/');

    expect([headers.get('constructor'), headers.get('x-empty'), headers.has('x-none')]).toEqual([null, '', false]);
    expect([headers.get('X-TWO'), headers.get('x-two'), headers.get('x-latin')]).toEqual(['a, b', 'a, b', 'gr\u00fcn']);
    expect(headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2, c']);
    expect([...new Headers(headers)]).toEqual([...headers]);
    expect(headers).toBeInstanceOf(Headers);
    expect(() => headers.get('no name')).toThrow(TypeError);
  },
);

test.each(ways)('%s: 12 kB of headers are read, 20 kB are an error', async (_, { network, open }) => {
  const server = await watchedServer(({ path }, response) =>
    response.writeHead(200, { 'x-long': 'x'.repeat(Number(path.slice(1))) }).end(),
  );
  const client = network({ baseUrl: server.origin, retry: 0 });

  expect((await open(client, '/12000')).headers.get('x-long')).toHaveLength(12_000);
  expect(await caught(() => open(client, '/20000'))).toMatchObject({ code: 'TRANSPORT' });
});

const text = 'to be compressed, again and again. '.repeat(2_000);
const compressed: readonly (readonly [string, Buffer])[] = [
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['GZIP', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['gzip, br', brotliCompressSync(gzipSync(text))],
];

test.each(across(compressed))('%s: %s is decompressed', async (_, [encoding, bytes], { network, open }) => {
  const server = await watchedServer((__, response) =>
    response.writeHead(200, { 'content-encoding': encoding }).end(bytes),
  );
  const client = network({ baseUrl: server.origin });

  const response = await open(client, '/');

  expect(response.headers.get('content-encoding')).toBe(encoding);
  expect(await response.text()).toBe(text);
  await turns();
  expect(await (await open(client, '/')).bytes()).toEqual(new Uint8Array(Buffer.from(text)));
  expect(server.connections).toBe(1);
});

test.each(ways)('%s: a body with an unknown encoding stays as it is', async (_, { network, open }) => {
  const server = await watchedServer((__, response) =>
    response.writeHead(200, { 'content-encoding': 'secret, gzip' }).end('as it is'),
  );

  expect(await (await open(network({ baseUrl: server.origin }), '/')).text()).toBe('as it is');
});

test.each(across(['gzip', 'deflate', 'br']))('%s: %s of an empty body is empty', async (_, encoding, parts) => {
  const server = await watchedServer((__, response) => response.writeHead(200, { 'content-encoding': encoding }).end());

  expect(await (await parts.open(parts.network({ baseUrl: server.origin }), '/')).text()).toBe('');
});

test.each(ways)(
  '%s: a body that does not match its encoding is a response that broke off',
  async (_, { network, open }) => {
    const server = await watchedServer((__, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('this is no zip at all'),
    );
    const response = await open(network({ baseUrl: server.origin }), '/');

    expect(await caught(() => response.text())).toMatchObject({ code: 'TRANSPORT', origin: server.origin });
  },
);

test.each(ways)('%s: six encodings are an error', async (_, { network, open }) => {
  const server = await watchedServer((__, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip, gzip, gzip, gzip, gzip, gzip' }).end('x'),
  );

  const client = network({ baseUrl: server.origin, retry: 0 });

  expect(await caught(() => open(client, '/'))).toMatchObject({ code: 'TRANSPORT' });
});

const bombs: Readonly<Record<string, Buffer>> = {
  gzip: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
  br: brotliCompressSync(Buffer.alloc(64 * 1024 * 1024), { params: { 1: 4 } }),
  zstd: zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)),
};

test.each(across(Object.keys(bombs)))(
  '%s: a decompression bomb (%s) is read up to the limit',
  async (_, encoding, parts) => {
    const server = await watchedServer((__, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(bombs[encoding]),
    );
    const client = parts.network({ baseUrl: server.origin, maxResponseBytes: 100_000 });

    const response = await parts.open(client, '/');

    expect(await caught(() => response.text())).toMatchObject({ code: 'BODY_TOO_LARGE', limitBytes: 100_000 });
  },
);

const large = randomBytes(3 * 1024 * 1024);

test.each(ways)('%s: 3 MiB in chunks arrive complete, read in every form', async (_, { network, open }) => {
  const server = await watchedServer((__, response) => {
    for (let at = 0; at < large.length; at += 100_000) response.write(large.subarray(at, at + 100_000));
    response.end();
  });
  const client = network({ baseUrl: server.origin });

  const pieces: Uint8Array[] = [];
  for await (const piece of (await open(client, '/')).body ?? []) pieces.push(piece);

  await turns();
  expect(Buffer.concat(pieces).equals(large)).toBe(true);
  expect(Buffer.from(await (await open(client, '/')).arrayBuffer()).equals(large)).toBe(true);
  await turns();
  expect((await (await open(client, '/')).blob()).size).toBe(large.length);
  expect(server.connections).toBe(1);
});

test.each(networks)('%s: JSON, forms and texts are read as fetch reads them', async (_, network) => {
  const server = await watchedServer(({ path }, response) => {
    if (path === '/form') response.setHeader('content-type', 'application/x-www-form-urlencoded');
    response.setHeader('x-path', path);
    response.end(path === '/json' ? '\ufeff{"a":1}' : 'a=1&b=\ud83d\ude80');
  });
  const client = network({ baseUrl: server.origin });

  expect(await (await client.fetch('/json')).json()).toEqual({ a: 1 });
  expect(await (await client.fetch('/text')).text()).toBe('a=1&b=\ud83d\ude80');
  expect([...(await (await client.fetch('/form')).formData())]).toEqual([
    ['a', '1'],
    ['b', '\ud83d\ude80'],
  ]);
  expect(await caught(async () => (await client.fetch('/text')).json())).toBeInstanceOf(SyntaxError);
});
