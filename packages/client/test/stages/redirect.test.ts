import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { ClientRequest } from '../../src/core/request.ts';
import { redirect } from '../../src/stages/redirect.ts';
import { caught } from '../caught.ts';
import { readBody, serve } from '../loopback.ts';
import { factsWith, oneCall } from '../one-call.ts';
import { ok, redirectTo, scriptedFetch, status, times } from '../scripted.ts';

const url = 'https://api.test/start';
const bearer = layer('auth', 'bearer', (next) => (request, call) => {
  call.headers.setCredential('authorization', 'Bearer t');
  call.headers.setCredential('x-tenant-key', 'k');
  return next(request, call);
});
const credentials = {
  authorization: 'Basic c',
  cookie: 'a=1',
  'x-api-key': 'k',
  dpop: 'd',
  'proxy-authorization': 'p',
};

test.each([301, 302, 303, 307, 308])('a %d within the origin is followed, credentials and all', async (code) => {
  const network = scriptedFetch(redirectTo('/next?x=1', code), ok);
  const { fetch } = createClient({ fetch: network }, bearer);

  const response = await fetch(url, { headers: { cookie: 'a=1' } });

  expect(response.status).toBe(200);
  expect(network.sent[1]?.url).toBe('https://api.test/next?x=1');
  expect(network.sent[1]?.headers.get('authorization')).toBe('Bearer t');
  expect(network.sent[1]?.headers.get('cookie')).toBe('a=1');
});

test.each([
  ['another host', url, 'https://evil.test/?token=secret'],
  ['a subdomain', url, 'https://x.api.test/'],
  ['another port', url, 'https://api.test:8443/'],
  ['another host, without a scheme', url, '//evil.test/'],
  ['http', url, 'http://api.test/'],
  ['user and password', url, 'https://user:secret@api.test/'],
  ['no http at all', url, 'file:///etc/passwd'],
  ['no URL', url, 'https://'],
])('a redirect to %s is blocked, and not quoted', async (_case, from, location) => {
  const network = scriptedFetch(redirectTo(location), ok);
  const { fetch } = createClient({ fetch: network }, bearer);

  const error = await caught(() => fetch(from));

  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED', status: 302, origin: 'https://api.test' });
  expect(error.message).not.toContain('secret');
  expect(network.sent).toHaveLength(1);
});

test('a downgrade to http is blocked even where http and the origin are allowed', async () => {
  const network = scriptedFetch(redirectTo('http://api.test/'), ok);
  const { fetch } = createClient({ fetch: network, insecureHttp: true, redirects: { origins: ['http://api.test'] } });

  expect(await caught(() => fetch(url))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
});

test("to an allowed origin no credential goes along, the stages' or the caller's, and none comes back", async () => {
  const network = scriptedFetch(redirectTo('https://cdn.test/file'), redirectTo(url), ok);
  const { fetch } = createClient({ fetch: network, redirects: { origins: ['https://cdn.test'] } }, bearer);

  const response = await fetch(url, { headers: { ...credentials, accept: 'image/png' } });

  expect(response.status).toBe(200);
  expect(Object.keys(Object.fromEntries(network.sent[0]?.headers ?? []))).toContain('x-tenant-key');
  for (const { headers } of network.sent.slice(1)) {
    expect(Object.fromEntries(headers)).toEqual({ accept: 'image/png', 'user-agent': 'bearings' });
  }
  expect(network.sent).toHaveLength(3);
});

test.each([
  [303, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [302, 'POST', 'GET'],
  [301, 'POST', 'GET'],
])('a %d turns %s into %s, without the body and what describes it', async (code, method, becomes) => {
  const network = scriptedFetch(redirectTo('/next', code), ok);
  const { fetch } = createClient({ fetch: network });

  await fetch(url, { method, body: 'text' });

  expect(network.sent[1]).toMatchObject({ method: becomes, body: '' });
  expect(network.sent[1]?.headers.has('content-type')).toBe(false);
});

test.each([
  [307, 'POST'],
  [308, 'POST'],
  [301, 'PUT'],
  [302, 'PUT'],
])('a %d keeps a %s and its body', async (code, method) => {
  const network = scriptedFetch(redirectTo('/next', code), ok);
  const { fetch } = createClient({ fetch: network });

  await fetch(url, { method, body: 'text' });

  expect(network.sent[1]).toMatchObject({ method, body: 'text' });
  expect(network.sent[1]?.headers.get('content-type')).toBe('text/plain;charset=UTF-8');
});

test('a HEAD stays a HEAD', async () => {
  const network = scriptedFetch(redirectTo('/next', 303), ok);

  await createClient({ fetch: network }).fetch(url, { method: 'HEAD' });

  expect(network.sent[1]?.method).toBe('HEAD');
});

test('a body inside a Request is sent along as well', async () => {
  const network = scriptedFetch(redirectTo('/next', 307), redirectTo('/last', 307), ok);

  await createClient({ fetch: network }).fetch(new Request(url, { method: 'POST', body: 'text' }));

  expect(network.sent.map(({ body }) => body)).toEqual(['text', 'text', 'text']);
});

test('a stream cannot be sent along', async () => {
  const body = ReadableStream.from([new TextEncoder().encode('once')]) as ReadableStream<Uint8Array<ArrayBuffer>>;
  const api = createClient({ fetch: scriptedFetch(redirectTo('/next', 307), ok) });

  expect(await caught(() => api.post(url, { body }))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
});

test('redirect: "manual" returns the redirect, "error" refuses it', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch(...times(2, redirectTo('/next'))) });

  const response = await fetch(url, { redirect: 'manual' });

  expect([response.status, response.headers.get('location')]).toEqual([302, '/next']);
  expect(await caught(() => fetch(url, { redirect: 'error' }))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
});

test('ten hops are followed, an eleventh is not', async () => {
  const ten = createClient({ fetch: scriptedFetch(...times(10, redirectTo('/round')), ok) });
  const network = scriptedFetch(...times(11, redirectTo('/round')), ok);

  expect((await ten.fetch(url)).status).toBe(200);
  const error = await caught(() => createClient({ fetch: network }).fetch(url));

  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED' });
  expect(network.sent).toHaveLength(11);
});

test('a limit of 0 returns every redirect', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch(redirectTo('/next')), redirects: { limit: 0 } });

  expect((await fetch(url)).status).toBe(302);
});

test.each([-1, 1.5, Number.NaN])(
  'a limit of %d hops, which would never be reached, is a wrong option',
  async (limit) => {
    expect(await caught(() => createClient({ redirects: { limit } }))).toMatchObject({
      code: 'CONFIG',
      field: 'redirects.limit',
    });
  },
);

test('a redirect without a location is an answer', async () => {
  expect((await createClient({ fetch: scriptedFetch(status(302)) }).fetch(url)).status).toBe(302);
});

test('over sockets, a chain is followed with its body, and the response has the final URL', async () => {
  const seen: string[] = [];
  const server = await serve(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${await readBody(request)}`);
    const [code, location] = { '/a': [307, '/b'], '/b': [308, 'c'], '/c': [303, '/d'] }[request.url ?? ''] ?? [200, ''];
    response.writeHead(Number(code), location === '' ? {} : { location: String(location) }).end('text');
  });

  const response = await createClient({ baseUrl: server.origin }).post('a', { json: [1] });

  expect(seen).toEqual(['POST /a [1]', 'POST /b [1]', 'POST /c [1]', 'GET /d ']);
  expect([response.url, response.redirected, await response.text()]).toEqual([`${server.origin}/d`, true, 'text']);
});

test.each([
  ['a stream, which cannot be sent on', 'error', new ReadableStream()],
  ['a text', 'manual', 'text'],
])('the request is sent with the redirect mode for %s: %j', async (_case, expected, body) => {
  const call = oneCall();
  const send = redirect({ limit: 10, origins: [], blocked: 'error' })(async () => new Response(), factsWith());

  await send(new ClientRequest({ url, method: 'POST', body }), call);

  expect(call.redirect).toBe(expected);
});

test('the body of a blocked redirect is discarded', async () => {
  const cancelled = Promise.withResolvers<void>();
  const body = new ReadableStream({ cancel: () => cancelled.resolve() });
  const headers = { location: 'https://evil.test/', 'content-length': '1000000' };
  const send = redirect({ limit: 10, origins: [], blocked: 'error' })(
    async () => new Response(body, { status: 302, headers }),
    factsWith(),
  );

  const error = await caught(() => send(new ClientRequest({ url, method: 'GET' }), oneCall()));

  expect(error).toMatchObject({ code: 'REDIRECT_BLOCKED' });
  await cancelled.promise;
});
