import { layer } from '@bearings/client/layer';
import type { Client, Layer } from '@bearings/client';
import { createSecureServer } from 'node:http2';
import type { Http2ServerRequest, Http2ServerResponse, ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { caught } from '../../../client/test/caught.ts';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import { undiciClient } from '../networks.ts';

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse, body: string) => void;

/** A server that speaks HTTP/2 only, and a client that does too. */
interface Ground {
  readonly client: Client;
  readonly sessions: ServerHttp2Session[];
}

const ours = await createCertificate();

type Options = Parameters<typeof undiciClient>[0];

async function ground(handler: Handler, options: Options = {}, ...layers: Layer[]): Promise<Ground> {
  const sessions: ServerHttp2Session[] = [];
  const server = createSecureServer(ours, (request, response) => {
    const pieces: Buffer[] = [];
    response.stream.on('error', () => {}); // a caller may leave
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => handler(request, response, Buffer.concat(pieces).toString()));
  });
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const baseUrl = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = undiciClient(
    { baseUrl, retry: { delay: () => 0 }, ...options },
    { tls: { ca: ours.cert }, allowH2: true },
    ...layers,
  );
  return { client, sessions };
}

test('over HTTP/2, many calls at once share one connection', async () => {
  const waiting: (() => void)[] = [];
  const { client, sessions } = await ground((request, response) => {
    waiting.push(() => response.end(JSON.stringify({ path: request.url })));
    if (waiting.length === 20) for (const go of waiting) go();
  });

  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => client.get(`orders/${n}`).json()));

  expect(answers).toEqual(Array.from({ length: 20 }, (_, n) => ({ path: `/orders/${n}` })));
  expect(sessions).toHaveLength(1);
});

test('over HTTP/2, method, headers and body arrive as they were given', async () => {
  const { client } = await ground(({ method, headers }, response, body) => {
    response.end(JSON.stringify({ method, type: headers['content-type'], own: headers['x-own'], body }));
  });

  const seen = await client.post('orders', { json: { id: 1 }, headers: { 'x-own': 'yes' } }).json();

  expect(seen).toEqual({ method: 'POST', type: 'application/json', own: 'yes', body: '{"id":1}' });
});

test('over HTTP/2, a stream is sent while it is read', async () => {
  const { client } = await ground((_, response, body) => response.end(String(body.length)));
  const pieces = Array.from({ length: 64 }, () => new Uint8Array(16 * 1024)).values();
  const body = new ReadableStream({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
  });

  const length = await client.put('upload', { body }).text();

  expect(length).toBe(String(64 * 16 * 1024));
});

test('over HTTP/2, a compressed body is decompressed, and maxResponseBytes counts its decompressed size', async () => {
  const { client } = await ground(
    (request, response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(gzipSync(request.url === '/small' ? 'hello' : 'x'.repeat(5_000)));
    },
    { maxResponseBytes: 1_000 },
  );

  expect(await client.get('small').text()).toBe('hello');
  expect(await caught(() => client.get('large').text())).toMatchObject({ code: 'BODY_TOO_LARGE' });
});

test('over HTTP/2, a 503 is retried, and a 401 is replayed with the new token, on the same connection', async () => {
  const seen: (string | undefined)[] = [];
  const { client, sessions } = await ground(
    ({ headers }, response) => {
      seen.push(headers.authorization);
      if (seen.length === 1) response.writeHead(503).end('later');
      else if (headers.authorization === 'Bearer old') response.writeHead(401).end();
      else response.end('in');
    },
    {},
    replaying,
  );

  const answer = await client.get('').text();

  expect(answer).toBe('in');
  expect(seen).toEqual(['Bearer old', 'Bearer old', 'Bearer new']);
  expect(sessions).toHaveLength(1);
});

const replaying = layer('auth', 'replaying', (next) => async (request, call) => {
  call.headers.setCredential('authorization', 'Bearer old');
  const response = await next(request, call);
  if (response.status !== 401) return response;
  call.headers.setCredential('authorization', 'Bearer new');
  return next(request, call);
});

test('over HTTP/2, an abort ends the stream, and other calls use the connection', async () => {
  const ended: string[] = [];
  const { client, sessions } = await ground((request, response) => {
    if (request.url === '/slow') {
      response.stream.on('close', () => ended.push(request.url));
      response.write('first');
    } else {
      response.end('quick');
    }
  });
  const caller = new AbortController();

  const slow = await client.fetch('/slow', { signal: caller.signal });
  caller.abort(new Error('user left'));

  await expect(slow.text()).rejects.toThrow('user left');
  expect(await client.get('other').text()).toBe('quick');
  await expect.poll(() => ended).toEqual(['/slow']);
  expect(sessions).toHaveLength(1);
});

test('over HTTP/2, an attempt that times out does not affect the others', async () => {
  const { client, sessions } = await ground((request, response) => {
    if (request.url !== '/silent') response.end('here');
  });

  const [silent, other] = await Promise.all([
    caught(() => client.get('silent', { timeout: 20, retry: 0 })),
    client.get('other').text(),
  ]);

  expect(silent).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  expect(other).toBe('here');
  expect(sessions).toHaveLength(1);
});

test('over HTTP/2, a connection that breaks in the middle of a body is a TRANSPORT error', async () => {
  const { client, sessions } = await ground((_, response) => {
    response.write('some');
  });
  const response = await client.fetch('/');

  const text = response.text();
  await setImmediate();
  sessions[0]?.destroy();

  expect(await caught(() => text)).toMatchObject({ code: 'TRANSPORT' });
});

/** undici itself sends a refused request again once. */
const refusals = [1, 2];

test.each(refusals)('over HTTP/2, a POST whose stream the server refuses %d times is sent again', async (times) => {
  const bodies: string[] = [];
  const { client } = await ground((_, response, body) => {
    bodies.push(body);
    if (bodies.length <= times) response.stream.close(7); // RFC 9113 §7: REFUSED_STREAM
    else response.end('done');
  });

  expect(await client.post('', { json: 1 }).text()).toBe('done');
  expect(bodies).toEqual(Array.from({ length: times + 1 }, () => '1'));
});

test('over HTTP/2, a stream that the server always refuses is an error that says it was not processed', async () => {
  const { client } = await ground((_, response) => response.stream.close(7));

  const error = await caught(() => client.post('', { json: 1, retry: 0 }));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: true, wasProcessed: false });
});

test('over HTTP/2, a POST whose stream is reset for another reason is not sent again', async () => {
  let requests = 0;
  const { client } = await ground((_, response) => {
    requests += 1;
    response.stream.close(2); // INTERNAL_ERROR
  });

  const error = await caught(() => client.post('', { json: 1 }));

  expect(error).toMatchObject({ code: 'TRANSPORT', wasProcessed: undefined });
  expect(requests).toBe(1);
});

test('over HTTP/2, a body that is a stream is not sent again when the server refuses it', async () => {
  let requests = 0;
  const { client } = await ground((_, response) => {
    requests += 1;
    response.stream.close(7);
  });

  const error = await caught(() => client.post('', { body: new Blob(['once']).stream() }));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: false });
  expect(requests).toBe(1);
});

test('over HTTP/2, after GOAWAY, calls use a new connection', async () => {
  const { client, sessions } = await ground((_, response) => response.end('ok'));
  await client.get('one').text();

  sessions[0]?.goaway();
  sessions[0]?.close();
  await expect.poll(() => sessions[0]?.closed).toBe(true);

  expect(await client.get('two').text()).toBe('ok');
  expect(sessions).toHaveLength(2);
});
