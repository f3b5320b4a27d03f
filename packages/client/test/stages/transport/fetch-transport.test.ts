import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { layer } from '../../../src/core/layer.ts';
import { ClientRequest } from '../../../src/core/request.ts';
import { fetchTransport } from '../../../src/stages/transport/fetch-transport.ts';
import { caught } from '../../caught.ts';
import { factsWith, nothingAfter, oneCall } from '../../one-call.ts';
import { broken, ok, scriptedFetch } from '../../scripted.ts';

const url = 'https://api.test/path?key=secret';
const send = (fetch: typeof globalThis.fetch) =>
  fetchTransport({ fetch, isGlobalFetch: false })(nothingAfter, factsWith());

test("fetch gets the request, the stages' headers and the signal of the attempt", async () => {
  const network = scriptedFetch(ok);
  const call = oneCall();
  call.headers.setCredential('authorization', 'Bearer t');

  await send(network)(new ClientRequest({ url, method: 'GET', headers: new Headers({ accept: 'text/plain' }) }), call);

  expect(Object.fromEntries(network.sent[0]?.headers ?? [])).toEqual({
    accept: 'text/plain',
    authorization: 'Bearer t',
  });
  expect(network.sent[0]?.init.signal).toBe(call.signal);
});

test('fetch never follows redirects itself', async () => {
  const network = scriptedFetch(ok);

  await send(network)(new ClientRequest({ url, method: 'GET' }), oneCall());

  expect(network.sent[0]?.init.redirect).toBe('manual');
});

test.each(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'ENOTFOUND'])('%s is reported by its code', async (code) => {
  const error = await caught(() =>
    send(scriptedFetch(broken(code)))(new ClientRequest({ url, method: 'GET' }), oneCall()),
  );

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: code, origin: 'https://api.test' });
});

test('a text of the runtime that quotes the URL, as Bun does, keeps its origin only', async () => {
  const text = `Malformed_HTTP_Response fetching "${url}". For more information, pass \`verbose: true\` in the second argument`;
  const raw = Object.assign(new Error(text), { code: 'Malformed_HTTP_Response' });

  const error = await caught(() =>
    send(scriptedFetch(() => Promise.reject(raw)))(new ClientRequest({ url, method: 'GET' }), oneCall()),
  );

  expect(error.message).toBe(
    'GET https://api.test/path: no answer: Malformed_HTTP_Response fetching "https://api.test" (Malformed_HTTP_Response)',
  );
  expect(inspect(error, { depth: 9 })).not.toContain('secret');
});

test.each(['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO'])(
  '%s is a failure of TLS',
  async (code) => {
    const error = await caught(() =>
      send(scriptedFetch(broken(code)))(new ClientRequest({ url, method: 'GET' }), oneCall()),
    );

    expect(error).toMatchObject({ code: 'TLS', reason: code, retryable: false });
  },
);

test.each([
  ['Connection reset by peer (os error 104)', 'ECONNRESET', undefined],
  [
    'error sending request for http://x/ (127.0.0.1:1): client error (SendRequest): connection closed before message completed',
    'ECONNRESET',
    undefined,
  ],
  ['client error (SendRequest): invalid HTTP version parsed', 'HPE_INVALID_CONSTANT', undefined],
  [
    'client error (Connect): dns error: failed to lookup address information: Name or service not known',
    'ENOTFOUND',
    false,
  ],
  ['client error (Connect): tcp connect error: Connection refused (os error 111)', 'ECONNREFUSED', false],
  ['client error (Connect): something new', 'UNKNOWN', undefined],
])('the error of Deno %j is reported by a code, and not quoted', async (text, reason, wasProcessed) => {
  const network = scriptedFetch(() => {
    throw new TypeError('fetch failed', { cause: new Error(text) });
  });

  const error = await caught(() => send(network)(new ClientRequest({ url, method: 'GET' }), oneCall()));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason, wasProcessed });
  expect(error.message).not.toContain('client error');
});

test('a certificate that Deno does not accept is a failure of TLS', async () => {
  const network = scriptedFetch(() => {
    throw new TypeError('fetch failed', {
      cause: new Error('client error (Connect): invalid peer certificate: Expired'),
    });
  });

  const error = await caught(() => send(network)(new ClientRequest({ url, method: 'GET' }), oneCall()));

  expect(error).toMatchObject({ code: 'TLS', reason: 'CERT_INVALID', retryable: false });
});

test('of several addresses that were tried, the first failure is reported', async () => {
  const each = ['ECONNREFUSED', 'ENETUNREACH'].map((code) => Object.assign(new Error(code), { code }));
  const network = scriptedFetch(() => {
    throw new TypeError('fetch failed', { cause: new AggregateError(each) });
  });

  expect(await caught(() => send(network)(new ClientRequest({ url, method: 'GET' }), oneCall()))).toMatchObject({
    reason: 'ECONNREFUSED',
  });
});

test('a failure without a code is not quoted: it may show what was sent', async () => {
  const network = scriptedFetch(() => {
    throw new Error('Headers.append: "Bearer s3cret" is invalid\n    at s3cret');
  });

  const error = await caught(() => send(network)(new ClientRequest({ url, method: 'GET' }), oneCall()));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'UNKNOWN' });
  expect(inspect(error, { depth: 9 })).not.toMatch(/s3cret|secret/);
});

test('an answer that is not HTTP is named, and not quoted', async () => {
  const server = createServer((socket) => void socket.on('error', () => {}).end('SSH-2.0-planted\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = createClient({ baseUrl: `http://127.0.0.1:${port}`, retry: 0 });

  const error = await caught(() => client.get(''));

  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'HPE_INVALID' });
  expect(inspect(error, { depth: 9 })).not.toContain('planted');
});

test('a layer in the transport slot takes the place of fetch', async () => {
  const network = scriptedFetch();
  const memory = layer(
    'transport',
    'memory',
    () =>
      async ({ url: asked }) =>
        new Response(`at ${asked}`),
  );

  const text = await createClient({ fetch: network }, memory).get('https://api.test/x').text();

  expect(text).toBe('at https://api.test/x');
  expect(network.sent).toEqual([]);
});

test('over a socket, a port that no server listens on is a refused connection', async () => {
  const error = await caught(() => createClient({ retry: 0 }).get('http://127.0.0.1:1/'));

  expect(error).toMatchObject({ code: 'TRANSPORT' });
});

test('a server that does not speak HTTP is a failed connection, not a refusal by fetch', async () => {
  const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n\r\n'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;

  const error = await caught(() => createClient({ retry: 0 }).fetch(`http://127.0.0.1:${port}/`));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: true });
  expect(error).not.toMatchObject({ reason: 'REFUSED' });
});

test("the cause of a failed connection has the platform's code and text, and nothing else of its error", async () => {
  const platform = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), {
    code: 'ECONNREFUSED',
    sent: 'CANARY',
  });
  const failed = () => Promise.reject(new TypeError('fetch failed', { cause: platform }));

  const error = await caught(() => createClient({ fetch: failed, retry: 0 }).fetch('https://api.test/'));

  expect(error.cause).toEqual(Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:443'), { code: 'ECONNREFUSED' }));
  expect(error).toMatchObject({ code: 'TRANSPORT', reason: 'ECONNREFUSED', cause: { code: 'ECONNREFUSED' } });
  expect(error).not.toHaveProperty('cause.sent');
});
