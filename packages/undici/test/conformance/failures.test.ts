import type { OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { serve } from '../../../client/test/loopback.ts';
import { byteServer, done, head } from '../../../client/test/sockets/byte-server.ts';
import { watchedServer } from '../../../client/test/sockets/watched-server.ts';
import { networks, turns, ways } from '../networks.ts';

type Act = (socket: Socket) => unknown;

const withoutHead: readonly (readonly [string, Act])[] = [
  ['is reset', (socket) => socket.resetAndDestroy()],
  ['ends', (socket) => socket.end()],
  ['ends in a head', (socket) => socket.end('HTTP/1.1 200 O')],
  ['speaks another protocol', (socket) => socket.end('220 smtp ready\r\n')],
];

test.each(ways.flatMap(([way, parts]) => withoutHead.map(([how, act]) => [way, how, { ...parts, act }] as const)))(
  '%s: a connection that %s before the response head is a TRANSPORT error',
  async (_, __, { network, open, act }) => {
    const server = await byteServer(({ socket }) => act(socket));

    const error = await caught(() => open(network({ baseUrl: server.origin, retry: 0 }), '/'));

    expect(error).toMatchObject({ code: 'TRANSPORT', origin: server.origin });
    expect(error.message).toContain('no answer');
  },
);

const withinBody: readonly (readonly [string, Act])[] = [
  ['ends after the head', (socket) => socket.end(head('200 OK', 'content-length: 9'))],
  ['ends in the body', (socket) => socket.end(`${head('200 OK', 'content-length: 9')}"beg`)],
  ['ends in a chunk', (socket) => socket.end(`${head('200 OK', 'transfer-encoding: chunked')}9\r\n"beg`)],
  ['ends without the last chunk', (socket) => socket.end(`${head('200 OK', 'transfer-encoding: chunked')}2\r\n42\r\n`)],
  [
    'is reset in the body',
    (socket) => socket.write(`${head('200 OK', 'content-length: 9')}"beg`, () => socket.resetAndDestroy()),
  ],
  [
    'ends in a zip',
    (socket) => {
      socket.write(head('200 OK', 'content-encoding: gzip', 'content-length: 900'));
      socket.end(gzipSync('x'.repeat(100)).subarray(0, 20));
    },
  ],
];

const reads: readonly (readonly [string, (response: Response) => Promise<unknown>])[] = [
  ['text', (response) => response.text()],
  ['stream', async (response) => new Response(response.body).bytes()],
  ['clone', (response) => response.clone().text()],
];

test.each(
  ways.flatMap(([way, parts]) =>
    withinBody.flatMap(([how, act]) => reads.map(([by, read]) => [way, how, by, { ...parts, act, read }] as const)),
  ),
)('%s: a connection that %s is a response that broke off (%s)', async (...[, , , { network, open, act, read }]) => {
  const server = await byteServer(({ socket }) => act(socket));
  const response = await open(network({ baseUrl: server.origin, retry: 0 }), '/');

  const error = await caught(() => read(response));

  expect(error).toMatchObject({ code: 'TRANSPORT', origin: server.origin });
  expect(error.message).toContain('broke off');
});

test.each(networks)('%s: the part of a body that arrived before it broke off can be used', async (_, network) => {
  const server = await byteServer(({ socket }) => socket.end(`${head('200 OK', 'content-length: 9')}12345`));
  const { body } = await network({ baseUrl: server.origin }).fetch('/');
  const reader = (body as ReadableStream<Uint8Array>).getReader();

  const { value } = await reader.read();

  expect(Buffer.from(value ?? []).toString()).toBe('12345');
  expect(await caught(() => reader.read())).toMatchObject({ code: 'TRANSPORT' });
});

test.each(networks)('%s: a port without a server is ECONNREFUSED', async (_, network) => {
  const client = network({ baseUrl: `http://127.0.0.1:${await freedPort()}`, retry: 0 });

  const error = await caught(() => client.fetch('/'));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED', retryable: true });
});

async function freedPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const reasons: readonly (readonly [string, unknown])[] = [
  ['an error', new Error('the user left')],
  ['a word', 'tired'],
];

test.each(ways.flatMap(([way, parts]) => reasons.map(([kind, reason]) => [way, kind, { ...parts, reason }] as const)))(
  '%s: an abort with %s, before the call, before the head or in the body, is the failure, and closes the socket',
  async (_, __, { network, open, reason }) => {
    const server = await watchedServer(({ path }, response) => path === '/drip' && response.write('drip'));
    const client = network({ baseUrl: server.origin });
    const [waiting, reading] = [new AbortController(), new AbortController()];

    const before = open(client, '/', { signal: AbortSignal.abort(reason) });
    await expect(before).rejects.toBe(reason);
    expect(server.seen).toEqual([]);

    const silent = open(client, '/silent', { signal: waiting.signal });
    await server.arrived(1);
    waiting.abort(reason);
    await expect(silent).rejects.toBe(reason);
    await server.closed(1);

    const response = await open(client, '/drip', { signal: reading.signal });
    const text = response.text();
    reading.abort(reason);
    await expect(text).rejects.toBe(reason);
    await server.closed(2);
  },
);

test.each(ways)('%s: an abort between head and body fails the read', async (_, { network, open }) => {
  const server = await watchedServer((__, response) => response.write('drip'));
  const caller = new AbortController();

  const response = await open(network({ baseUrl: server.origin }), '/', { signal: caller.signal });
  caller.abort('left');
  await server.closed(1);

  await expect(response.body?.getReader().read()).rejects.toBe('left');
});

test.each(ways)('%s: an abort fails the read of a small body that has arrived', async (_, { network, open }) => {
  const server = await watchedServer((__, response) => response.end('whole'));
  const caller = new AbortController();

  const response = await open(network({ baseUrl: server.origin }), '/', { signal: caller.signal });
  await turns();
  caller.abort('left');

  await expect(response.text()).rejects.toBe('left');
});

const invalid: readonly (readonly [string, RequestInit])[] = [
  ['an expect header', { headers: { expect: '100-continue' } }],
  ['a wrong content-length', { method: 'PUT', body: 'four', headers: { 'content-length': '9' } }],
  ['a transfer-encoding', { method: 'PUT', body: 'four', headers: { 'transfer-encoding': 'chunked' } }],
];

test.each(ways.flatMap(([way, parts]) => invalid.map(([what, init]) => [way, what, { ...parts, init }] as const)))(
  '%s: a request with %s is a CONFIG error, and is not retried',
  async (_, __, { network, open, init }) => {
    const server = await watchedServer((___, response) => response.end());
    const tried: unknown[] = [];
    const retry = { delay: () => 0, onRetry: (event: unknown) => void tried.push(event) };

    const error = await caught(() => open(network({ baseUrl: server.origin, retry }), '/', init));

    expect(error).toMatchObject({ code: 'CONFIG', field: 'request' });
    expect(tried).toEqual([]);
  },
);

const wholeReads: readonly (readonly [string, (response: Response) => Promise<unknown>])[] = [
  ['text', (response) => response.text()],
  ['json', (response) => response.json()],
  ['arrayBuffer', (response) => response.arrayBuffer()],
  ['blob', (response) => response.blob()],
];

const wholeBodies: readonly (readonly [string, OutgoingHttpHeaders, string | Buffer])[] = [
  ['with a length', { 'content-length': 2 }, '{}'],
  ['without a length', {}, '{}'],
  ['in gzip', { 'content-encoding': 'gzip' }, gzipSync('{}')],
];

test.each(
  ways.flatMap(([way, parts]) =>
    wholeBodies.flatMap(([kind, headers, body]) =>
      wholeReads.map(([by, read]) => [way, kind, by, { ...parts, headers, body, read }] as const),
    ),
  ),
)(
  '%s: when a body %s has arrived, an abort right after .%s() fails the read',
  async (...[, , , { network, open, headers, body, read }]) => {
    const server = await watchedServer((_, response) => response.writeHead(200, headers).end(body));
    const caller = new AbortController();
    const response = await open(network({ baseUrl: server.origin }), '/', { signal: caller.signal });
    await turns();

    const failure = read(response);
    caller.abort('left');

    await expect(failure).rejects.toBe('left');
  },
);

test.each(networks)(
  '%s: a body that is cancelled, or not read to its end, closes its connection',
  async (_, network) => {
    const server = await watchedServer((__, response) => response.write('drip'));
    const client = network({ baseUrl: server.origin });

    await (await client.fetch('/')).body?.cancel();
    await server.closed(1);
    for await (const piece of (await client.fetch('/')).body ?? []) if (piece !== undefined) break;
    await server.closed(2);

    expect(server.seen).toHaveLength(2);
  },
);

test.each(networks)('%s: timeout, bodyTimeout and totalTimeout end a call', async (_, network) => {
  const server = await watchedServer(({ path }, response) => path === '/drip' && response.write('drip'));
  const clock = virtualClock();
  const client = network({
    baseUrl: server.origin,
    clock,
    retry: 0,
    timeout: 500,
    bodyTimeout: 700,
    totalTimeout: false,
  });

  const silent = caught(() => client.fetch('/silent'));
  await server.arrived(1);
  await clock.advance(500);
  expect(await silent).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  await server.closed(1);

  const paused = await client.fetch('/drip');
  const failure = caught(() => paused.text());
  await waitingFor(clock, 700);
  await clock.advance(700);
  expect(await failure).toMatchObject({ code: 'BODY_TIMEOUT' });
  await server.closed(2);

  const late = await client.fetch('/drip', { totalTimeout: 900, bodyTimeout: false });
  const reading = caught(() => late.text());
  await clock.advance(900);
  expect(await reading).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  await server.closed(3);
  expect(clock.pending).toBe(0);
});

/** The first read gets the chunk that has arrived; the second waits, and has a time limit. */
async function waitingFor(clock: ReturnType<typeof virtualClock>, ms: number): Promise<void> {
  for (let turn = 0; turn < 20 || !clock.waits.includes(ms); turn += 1) await clock.settle();
}

test.each(networks)(
  '%s: a failing upload fails the call, and the server gets an incomplete request',
  async (_, network) => {
    const brokenOff = Promise.withResolvers<void>();
    const server = await serve(async (request) => {
      await caught(() => request.toArray());
      brokenOff.resolve();
    });
    let pieces = 0;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull(controller) {
        if ((pieces += 1) === 3) throw new Error('the disk failed');
        controller.enqueue(new Uint8Array(1024));
      },
    });

    const error = await caught(() => network({ baseUrl: server.origin }).put('', { body }));
    await brokenOff.promise;

    expect(error).toMatchObject({ code: 'TRANSPORT', retryable: false });
    expect(error.message).not.toContain('disk');
  },
);

test.each(networks)('%s: when a call is aborted, the stream of its upload is cancelled', async (_, network) => {
  const server = await byteServer(() => {});
  const [caller, begun, cancelled] = [
    new AbortController(),
    Promise.withResolvers<void>(),
    Promise.withResolvers<void>(),
  ];
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new Uint8Array(9)),
    pull: () => begun.resolve(),
    cancel: () => cancelled.resolve(),
  });

  const call = network({ baseUrl: server.origin }).fetch('/', {
    method: 'PUT',
    body,
    duplex: 'half',
    signal: caller.signal,
  });
  await begun.promise;
  caller.abort('enough');

  await expect(call).rejects.toBe('enough');
  await cancelled.promise;
});

test.each(networks)('%s: a response that arrives before the upload has ended is returned', async (_, network) => {
  const server = await byteServer(({ socket }) =>
    socket.end(`${head('413 Content Too Large', 'connection: close', 'content-length: 8')}too much`),
  );
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new Uint8Array(9)),
  });

  const response = await network({ baseUrl: server.origin }).fetch('/', { method: 'PUT', body, duplex: 'half' });

  expect([response.status, await response.text()]).toEqual([413, 'too much']);
});

test.each(networks)('%s: a GET whose connection breaks is retried, a POST is not', async (_, network) => {
  const server = await byteServer(({ request, socket }) => (request % 2 === 1 ? socket.destroy() : socket.write(done)));
  const client = network({ baseUrl: server.origin, retry: { delay: () => 0 } });

  expect(await client.get('').json()).toBe('done');
  expect(await caught(() => client.post('', { json: 1 }))).toMatchObject({ code: 'TRANSPORT', retryable: true });
  expect(server.asked).toHaveLength(3);
});

/** An origin that refuses connections. */
async function closedOrigin(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

test.each(networks)('%s: a POST to a port that refuses connections is retried: it was not sent', async (_, network) => {
  const baseUrl = await closedOrigin();
  const { fetch } = network({ baseUrl, retry: { limit: 1, delay: () => 0 } });

  const error = await caught(() => fetch('/', { method: 'POST', body: 'order 42' }));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED', wasProcessed: false, notRetried: 'limit' });
  expect(error.message).toContain('Not retried again');
});

test.each(networks)(
  '%s: a POST is not repeated when the page it was redirected to refuses connections',
  async (...[, network]) => {
    const target = await closedOrigin();
    const server = await byteServer(({ socket }) =>
      socket.write(head('303 See Other', `location: ${target}/receipt`, 'content-length: 0')),
    );
    const redirects = { origins: 'any' as const };
    const { fetch } = network({ baseUrl: server.origin, redirects, retry: { limit: 1, delay: () => 0 } });

    const error = await caught(() => fetch('/', { method: 'POST', body: 'order 42' }));

    expect(error).toMatchObject({ code: 'TRANSPORT', method: 'GET', origin: target, notRetried: 'method' });
    expect(server.asked).toEqual([1]);
  },
);
