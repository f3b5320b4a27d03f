import { inspect } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { RequestBody } from '../../src/body/request-body.ts';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { ClientRequest } from '../../src/core/request.ts';
import type { Stage } from '../../src/core/stage.ts';
import { scriptedFetch, status } from '../scripted.ts';

const url = 'https://api.test/orders?page=2';
const parts = { url, method: 'PUT', headers: new Headers({ 'x-mine': '1' }), body: 'text ä' };

/** A network that keeps what it is given. */
function recordingFetch(): { fetch: typeof globalThis.fetch; inputs: (string | URL | Request)[]; sent: Request[] } {
  const inputs: (string | URL | Request)[] = [];
  const sent: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    inputs.push(input);
    sent.push(new Request(input, init));
    return status(200)(new Request(url), new AbortController().signal);
  };
  return { fetch, inputs, sent };
}

function stubGlobalFetch(): ReturnType<typeof recordingFetch> {
  const network = recordingFetch();
  vi.stubGlobal('fetch', network.fetch);
  onTestFinished(() => void vi.unstubAllGlobals());
  return network;
}

test('as a Request of the platform it has the same URL, method, headers, body and options', async () => {
  const request = new ClientRequest({ ...parts, fetchOptions: { cache: 'no-store', redirect: 'manual' } }).toRequest();

  expect(request).toBeInstanceOf(Request);
  expect([request.url, request.method, request.cache, request.redirect]).toEqual([url, 'PUT', 'no-store', 'manual']);
  expect(Object.fromEntries(request.headers)).toEqual({
    'content-type': 'text/plain;charset=UTF-8',
    'x-mine': '1',
  });
  expect(await request.text()).toBe('text ä');
});

test('the Request of the platform is made once', () => {
  const request = new ClientRequest({ url, method: 'GET' });
  const platform = new Request(url);

  expect(request.toRequest()).toBe(request.toRequest());
  expect(new ClientRequest({ url, method: 'GET' }, platform).toRequest()).toBe(platform);
});

test('without headers it has none, and looking for one makes none', () => {
  const request = new ClientRequest({ url, method: 'GET' });

  expect([request.hasHeader('accept'), request.hasHeaders]).toEqual([false, false]);
  expect([...request.headers]).toEqual([]);
});

test.each<[string, RequestBody, string | null]>([
  ['text', 'x', 'text/plain;charset=UTF-8'],
  ['a query', new URLSearchParams('a=1'), 'application/x-www-form-urlencoded;charset=UTF-8'],
  ['a Blob', new Blob(['x'], { type: 'image/png' }), 'image/png'],
  ['bytes', new Uint8Array(3), null],
  ['a form, whose boundary only the sender can name', new FormData(), null],
])('a body brings the content type that fetch would give it: %s', (_case, body, type) => {
  const request = new ClientRequest({ url, method: 'PUT', body });
  const typed = new ClientRequest({ url, method: 'PUT', body, headers: new Headers({ 'content-type': 'a/b' }) });

  expect(request.headers.get('content-type')).toBe(type);
  expect(typed.headers.get('content-type')).toBe('a/b');
});

test('a request can be sent again unless its body is a stream', () => {
  const requests = [undefined, 'x', new FormData(), new Blob(['x']).stream()].map(
    (body) => new ClientRequest({ url, method: 'PUT', body }),
  );

  expect(requests.map(({ canReplay }) => canReplay)).toEqual([true, true, true, false]);
});

test('a changed request is another one, and keeps the rest', () => {
  const request = new ClientRequest({ ...parts, fetchOptions: { cache: 'no-store' } });

  const changed = request.with({ url: 'https://api.test/other', method: 'DELETE', body: undefined });

  expect([changed.url, changed.method, changed.body]).toEqual(['https://api.test/other', 'DELETE', undefined]);
  expect([changed.headers.get('x-mine'), changed.fetchOptions?.cache]).toEqual(['1', 'no-store']);
  expect([request.url, request.method, request.body]).toEqual([url, 'PUT', 'text ä']);
});

test('with another body the stated length is not sent', () => {
  const headers = new Headers({ 'content-length': '7', 'content-type': 'a/b' });
  const request = new ClientRequest({ ...parts, headers });

  expect(Object.fromEntries(request.with({ body: 'longer than that' }).headers)).toEqual({ 'content-type': 'a/b' });
  expect(request.with({ method: 'POST' }).headers.get('content-length')).toBe('7');
});

test('copied headers can be changed, and the request keeps its own', () => {
  const request = new ClientRequest(parts);
  const headers = request.copyHeaders();
  headers.set('x-mine', '2');

  expect([request.headers.get('x-mine'), request.with({ headers }).headers.get('x-mine')]).toEqual(['1', '2']);
});

test('printing a request shows no header', () => {
  const request = new ClientRequest({ ...parts, headers: new Headers({ authorization: 'Bearer CANARY' }) });

  expect(inspect(request, { depth: 9, showHidden: true }) + JSON.stringify(request)).not.toContain('CANARY');
});

test('a stage can replace the body: the server gets the new one, also when the request is retried', async () => {
  const network = scriptedFetch(status(503), status(200));
  const signing: Stage = (next) => (request, call) =>
    next(request.with({ body: request.body === 'text' ? 'signed text' : 'not the text' }), call);
  const client = createClient({ fetch: network, random: () => 0 }, layer('observe', 'signing', signing));

  await client.fetch(url, { method: 'PUT', body: 'text' });

  expect(network.sent.map(({ body }) => body)).toEqual(['signed text', 'signed text']);
});

test('a stage can use the Request of the platform', async () => {
  const network = scriptedFetch();
  const mock: Stage = () => async (request) => new Response(`${request.method} ${await request.toRequest().text()}`);
  const client = createClient({ fetch: network }, layer('transport', 'mock', mock));

  expect(await (await client.fetch(url, { method: 'PUT', body: 'text' })).text()).toBe('PUT text');
});

test.each<[string, RequestInit]>([
  ['nothing', {}],
  ['headers', { headers: { a: 'b' } }],
  ['text', { method: 'post', body: 'x' }],
  ['bytes', { method: 'PUT', body: new Uint8Array(3) }],
  ['a query', { method: 'PATCH', body: new URLSearchParams({ a: '1' }) }],
  ['a cache mode', { cache: 'no-store' }],
  ['a redirect mode', { redirect: 'manual' }],
  ['a form', { method: 'PUT', body: new FormData() }],
  ['a method of its own', { method: 'PURGE' }],
])('the global fetch gets a URL and options, and the server the same: %s', async (_case, init) => {
  const network = stubGlobalFetch();
  const passing = layer('observe', 'mine', (next) => next);

  await createClient({}, passing).fetch(url, init);

  expect(network.inputs).toEqual([url]);
  const [sent] = network.sent;
  const expected = new Request(url, { ...init, ...(init.body !== undefined && { body: 'x' }) });
  expect([sent?.method, sent?.cache, sent?.body === null]).toEqual([
    expected.method,
    expected.cache,
    expected.body === null,
  ]);
});

test('the global fetch gets a stream inside a Request, so that aborting the call cancels it', async () => {
  const network = stubGlobalFetch();

  await createClient().fetch(url, { method: 'PUT', body: new Blob(['x']).stream(), duplex: 'half' });

  expect(network.inputs[0]).toBeInstanceOf(Request);
  expect(await network.sent[0]?.text()).toBe('x');
});

test('a custom fetch gets a Request of the platform, as it may have been written for one', async () => {
  const network = recordingFetch();
  const client = createClient({ fetch: network.fetch });

  await client.fetch(url, { cache: 'no-store', referrer: 'https://api.test/from', referrerPolicy: 'origin' });
  await client.get(url);

  expect(network.inputs.map((input) => input instanceof Request)).toEqual([true, true]);
  const [sent] = network.sent;
  expect([sent?.cache, sent?.referrer, sent?.referrerPolicy]).toEqual(['no-store', 'https://api.test/from', 'origin']);
});

test.each<[string, RequestInit]>([
  ['a body with GET', { body: 'x' }],
  ['a method that is none', { method: 'a b' }],
  ['a method that is not allowed', { method: 'CONNECT' }],
])('what the platform refuses is refused: %s', async (_case, init) => {
  await expect(createClient({ fetch: recordingFetch().fetch }).fetch(url, init)).rejects.toBeInstanceOf(TypeError);
});

test('the content type of a form is the one with its boundary, whatever the headers say', () => {
  const body = new FormData();
  body.append('name', 'value');
  const headers = new Headers({ 'content-type': 'multipart/form-data' });

  const request = new ClientRequest({ url: 'https://api.test/', method: 'POST', headers, body }).toRequest();

  expect(request.headers.get('content-type')).toMatch(/^multipart\/form-data; boundary=/);
});
