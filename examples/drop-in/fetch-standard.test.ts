import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { runInNewContext } from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { describeResponse, startComparison } from './fetch-comparison.ts';
import type { Echo } from './fetch-comparison.ts';
import { catchFailure } from './guarded-api.ts';

/** A small program that must have the same outcome with both functions. */
type Program = (fetch: typeof globalThis.fetch) => Promise<unknown>;

const { api, origin, client, token, close } = await startComparison();
afterAll(close);

const redirect = (status: number, to: string): string =>
  `${origin}/redirect?${new URLSearchParams({ status: `${status}`, to })}`;
const integrity = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`;

test.each<[string, string, RequestInit?]>([
  ['a response', '/text'],
  ['a response for a URL with query and fragment', '/text?q=1#part'],
  ['a compressed response', '/gzip'],
  ['a response with cookies and a repeated header', '/cookies'],
  ['a response to HEAD', '/text', { method: 'HEAD' }],
  ['a compressed response to HEAD', '/gzip', { method: 'HEAD' }],
  ...[201, 204, 205, 206, 304, 400, 404, 418, 500, 503, 599, 999].map((status): [string, string] => [
    `an answer with status ${status}`,
    `/status?status=${status}`,
  ]),
])('%s has the same properties', async (_, path, init) => {
  const ours = await describeResponse(await client.fetch(`${origin}${path}`, init));

  expect(ours).toEqual(await describeResponse(await fetch(`${origin}${path}`, init)));
});

const text = `${origin}/text`;
test.each<[string, Program]>([
  ['bytes', async (get) => (await get(text)).bytes()],
  ['an ArrayBuffer', async (get) => new Uint8Array(await (await get(text)).arrayBuffer())],
  ['the type of a Blob', async (get) => (await (await get(text)).blob()).type],
  ['a Blob', async (get) => (await (await get(text)).blob()).text()],
  ['JSON after a byte order mark', async (get) => (await get(`${origin}/json`)).json()],
  ['a multipart form', async (get) => [...(await (await get(`${origin}/multipart`)).formData())]],
  ['a form', async (get) => [...(await (await get(`${origin}/form`)).formData())]],
  // the message is another one: it does not quote the body
  ['invalid JSON', async (get) => (await catchFailure(async () => (await get(text)).json())) instanceof SyntaxError],
  ['chunks', async (get) => readChunks(await get(text))],
  [
    'a stream of Node',
    async (get) => Buffer.concat(await Readable.fromWeb((await get(text)).body ?? new ReadableStream()).toArray()),
  ],
  ['a response made from its body and itself', async (get) => rewrapped(await get(`${origin}/cookies`))],
  ['the original and its clone', async (get) => clonedAndShown(await get(text))],
  ['the clone of a redirected response', async (get) => clonedAndShown(await get(redirect(302, '/cookies')))],
  ['two branches of a body', async (get) => teed(await get(text))],
  ['a body twice', async (get) => String(await catchFailure(() => readTwice(get)))],
  ['a clone after reading', async (get) => String(await catchFailure(() => cloneLate(get)))],
])('%s can be read with the same result', async (_, program) => {
  expect(await program(client.fetch)).toEqual(await program(fetch));
});

async function readChunks({ body }: Response): Promise<unknown> {
  const pieces: unknown[] = [];
  for await (const piece of body ?? []) pieces.push([piece, piece.constructor.name]);
  return pieces;
}

async function rewrapped(response: Response): Promise<unknown> {
  const copy = new Response(response.body, response);
  return [copy.status, copy.headers.getSetCookie(), await copy.text()];
}

async function clonedAndShown(response: Response): Promise<unknown> {
  const clone = response.clone();
  return [await describeResponse(response), await describeResponse(clone), clone instanceof Response];
}

async function teed(response: Response): Promise<unknown> {
  const branches = response.body?.tee() ?? [];
  const texts = await Promise.all(branches.map((branch) => new Response(branch).text()));
  return [texts, response.bodyUsed, response.body?.locked];
}

async function readTwice(get: typeof fetch): Promise<void> {
  const response = await get(text);
  await response.text();
  await response.text();
}

async function cloneLate(get: typeof fetch): Promise<void> {
  const response = await get(text);
  await response.text();
  response.clone();
}

const hops = [300, 301, 302, 303, 307, 308];
test.each<[string, Program]>([
  ...hops.flatMap((status) =>
    ['GET', 'HEAD', 'DELETE', 'POST', 'PUT'].map((method): [string, Program] => [
      `${method} and status ${status}`,
      async (send) => {
        const body = method === 'POST' || method === 'PUT' ? 'sent' : null;
        return describeResponse(await send(redirect(status, '/echo'), { method, body, headers: { 'x-mine': '1' } }));
      },
    ]),
  ),
  [
    'a body inside a Request that goes along',
    async (send) =>
      describeResponse(await send(new Request(redirect(308, '/echo'), { method: 'PUT', body: 'inside' }))),
  ],
  ['ten hops', async (send) => describeResponse(await send(`${origin}/hops?left=10`))],
  ['a fragment', async (send) => describeResponse(await send(redirect(302, '/text#part')))],
  ['a Location in UTF-8', async (send) => describeResponse(await send(redirect(302, '/echo/é')))],
  ["cache: 'no-store'", async (send) => describeResponse(await send(redirect(302, '/echo'), { cache: 'no-store' }))],
  ['no Location', async (send) => describeResponse(await send(`${origin}/status?status=302`))],
  ["redirect: 'manual'", async (send) => describeResponse(await send(redirect(302, '/echo'), { redirect: 'manual' }))],
  [
    "redirect: 'manual' in a Request",
    async (send) => describeResponse(await send(new Request(redirect(307, '/echo'), { redirect: 'manual' }))),
  ],
  ["redirect: 'follow'", async (send) => describeResponse(await send(redirect(302, '/text'), { redirect: 'follow' }))],
  ["redirect: 'error' without a redirect", async (send) => describeResponse(await send(text, { redirect: 'error' }))],
])('a redirect with %s has the same outcome', async (_, program) => {
  expect(await program(client.fetch)).toEqual(await program(fetch));
});

const aStream = (): ReadableStream => new Blob(['streamed']).stream();
function aForm(): FormData {
  const form = new FormData();
  form.set('a', 'é');
  form.append('file', new File(['x'], 'n"\n.txt', { type: 'text/x' }));
  return form;
}

const bodies: Readonly<Record<string, () => unknown>> = {
  'a string': () => 'héllo',
  'an empty string': () => '',
  'a number': () => 12,
  'an object': () => ({}),
  null: () => null,
  URLSearchParams: () => new URLSearchParams({ a: '1', b: 'é &' }),
  FormData: aForm,
  'a Blob': () => new Blob(['blob']),
  'a Blob with a type': () => new Blob(['blob'], { type: 'image/x' }),
  'an empty Blob': () => new Blob([]),
  'an ArrayBuffer': () => new TextEncoder().encode('buffer').buffer,
  'a part of a typed array': () => new TextEncoder().encode('xpartx').subarray(1, 5),
  'a DataView': () => new DataView(new TextEncoder().encode('xviewx').buffer, 1, 4),
  'numbers of two bytes': () => new Uint16Array([1, 2]),
  'an ArrayBuffer of another realm': () => runInNewContext('new Uint8Array([104, 105]).buffer') as ArrayBuffer,
  'bytes of another realm': () => runInNewContext('new Uint8Array([104, 105])') as Uint8Array<ArrayBuffer>,
  'a buffer that was transferred': () => transferred().buffer,
  'bytes that were transferred': () => transferred(),
  'a Buffer from the pool': () => Buffer.from('pooled'),
  'a stream': aStream,
  'an async generator': async function* generate() {
    yield Buffer.from('gene');
    yield Buffer.from('rated');
  },
  'a stream of Node': () => Readable.from([Buffer.from('from Node')]),
};
const post = (body: unknown): RequestInit => ({ method: 'POST', body: body as string, duplex: 'half' });

test.each(Object.entries(bodies))('%s as a body is sent with the same bytes and headers', async (_, make) => {
  const ours = await client.fetch(`${origin}/echo`, post(make()));
  const theirs = await fetch(`${origin}/echo`, post(make()));

  expect(await ours.json()).toEqual(await theirs.json());
});

test.each(Object.entries(bodies))('%s in a Request is sent with the same bytes and headers', async (_, make) => {
  const getEcho = async (send: typeof fetch): Promise<unknown> => {
    const { headers, ...echo } = (await (await send(new Request(`${origin}/echo`, post(make())))).json()) as Echo;
    // a stream whose end is known may be sent with its length
    const { 'content-length': _length, 'transfer-encoding': _coding, ...others } = headers;
    return { ...echo, headers: others };
  };

  expect(await getEcho(client.fetch)).toEqual(await getEcho(fetch));
});

/** Options that TypeScript rejects but JavaScript allows. */
const loosely = (init: unknown): RequestInit => init as RequestInit;
const aRequest = (): Request =>
  new Request(`${origin}/echo?q`, { method: 'POST', body: 'in the Request', headers: { 'x-mine': '1' } });
const echo = `${origin}/echo`;
test.each<[string, Program]>([
  ['a URL', async (send) => send(new URL(echo))],
  ['an object with toString()', async (send) => send({ toString: () => echo } as never)],
  ['a Request', async (send) => send(aRequest())],
  ['a Request with other headers', async (send) => send(aRequest(), { headers: { 'x-other': '2' } })],
  ['a Request with another method', async (send) => send(aRequest(), { method: 'PUT' })],
  ['a Request with another body', async (send) => send(aRequest(), { body: 'another' })],
  ['a Request and its clone', async (send) => send(sentAndCloned(aRequest(), send))],
  ['a Request without its content-type', async (send) => send(withoutType(aRequest()))],
  ['options that are undefined', async (send) => send(echo, loosely({ method: undefined, body: undefined }))],
  ['options that are null', async (send) => send(echo, null as never)],
  ['options of which each is null', async (send) => send(echo, { body: null, signal: null })],
  ['options that are inherited', async (send) => send(echo, loosely(Object.create({ method: 'DELETE' })))],
  [
    'a Request in the place of the options',
    async (send) => send(echo, new Request(echo, { method: 'PUT', headers: { 'x-mine': '1' } })),
  ],
  ['Headers', async (send) => send(echo, { headers: new Headers([['x-a', '1'], ['x-a', '2']]) })], // prettier-ignore
  ['pairs', async (send) => send(echo, { headers: [['x-a', '1'], ['X-A', '2'], ['x-b', 'é']] })], // prettier-ignore
  ['an object of headers', async (send) => send(echo, { headers: { 'X-A': ' 1 ', 'x-n': 1 as never } })],
  [
    'headers that can be read once',
    async (send) => send(echo, { headers: new Headers({ 'x-mine': '1' }).entries() as never }),
  ],
  ['a Map of headers', async (send) => send(echo, { headers: new Map([['x-a', '1']]) as never })],
  [
    'headers of its own',
    async (send) => send(echo, { headers: { accept: 'a/b', 'accept-language': 'de', cookie: 'a=1' } }),
  ],
  ...['get', 'put', 'PATCH', 'QUERY', 'OPTIONS', 'FOO'].map((method): [string, Program] => [
    `the method ${method}`,
    async (send) => send(echo, { method }),
  ]),
  ...(['default', 'no-store', 'reload', 'no-cache', 'force-cache'] as const).map((cache): [string, Program] => [
    `cache: '${cache}'`,
    async (send) => send(echo, { cache }),
  ]),
  ["cache: 'no-cache' in a Request", async (send) => send(new Request(echo, { cache: 'no-cache' }))],
  ["mode: 'cors'", async (send) => send(echo, { mode: 'cors' })],
  ["credentials: 'omit'", async (send) => send(echo, { credentials: 'omit', headers: { cookie: 'a=1' } })],
  ["credentials: 'include'", async (send) => send(echo, { credentials: 'include', headers: { cookie: 'a=1' } })],
  ['keepalive', async (send) => send(echo, { keepalive: true })],
  ['a referrer', async (send) => send(echo, { referrer: `${origin}/from` })],
  ['no referrer', async (send) => send(echo, { referrer: '' })],
  ["referrerPolicy: 'no-referrer'", async (send) => send(echo, { referrer: origin, referrerPolicy: 'no-referrer' })],
  ['bytes that are changed after the call', async (send) => sentAndChanged(send, echo)],
  ['a correct integrity', async (send) => send(text, { integrity: integrity('héllo') })],
])('%s gives the same request', async (_, program) => {
  const ours = (await program(client.fetch)) as Response;
  const theirs = (await program(fetch)) as Response;

  expect(await describeResponse(ours)).toEqual(await describeResponse(theirs));
});

/** Sends the request and returns a clone to send too. */
function sentAndCloned(request: Request, send: typeof fetch): Request {
  const clone = request.clone();
  void send(request);
  return clone;
}

/** A caller may reuse its buffer at once, because `fetch` copies it. */
async function sentAndChanged(send: typeof fetch, url: string): Promise<Response> {
  const bytes = new TextEncoder().encode('abc');
  const answer = send(url, { method: 'POST', body: bytes });
  bytes.fill(120);
  return answer;
}

function withoutType(request: Request): Request {
  request.headers.delete('content-type');
  return request;
}

test('a replay sends the original bytes, even if the buffer was changed after the call', async () => {
  const guarded = createClient({ baseUrl: api.origin }, withBearerAuth(token));
  api.seen();
  api.issuer.revoke();

  const replayed = await sentAndChanged(guarded.fetch, `${api.origin}/echo`);

  expect(await replayed.json()).toMatchObject({ body: 'abc' });
  expect(api.seen()).toEqual(['POST /echo → 401', 'POST /echo → 200']);
});

test.each<[string, Program]>([
  ['a body with GET', async (send) => send(echo, { method: 'GET', body: 'x' })],
  ['a stream without duplex', async (send) => send(echo, { method: 'POST', body: aStream() })],
  ['a Request whose body was read', async (send) => sentTwice(send, aRequest())],
  ['the method CONNECT', async (send) => send(echo, { method: 'CONNECT' })],
  ['an invalid method', async (send) => send(echo, { method: 'B AD' })],
  ['an unknown mode', async (send) => send(echo, { mode: 'other' as never })],
  ["mode: 'navigate'", async (send) => send(echo, { mode: 'navigate' })],
])('%s is rejected with the same error', async (_, program) => {
  const ours = await catchFailure(() => program(client.fetch));

  expect(ours).toBeInstanceOf(TypeError);
  expect(String(ours)).toBe(String(await catchFailure(() => program(fetch))));
});

async function sentTwice(send: typeof fetch, request: Request): Promise<Response> {
  await send(request);
  return send(request);
}

/** Bytes whose buffer has gone to another owner: they are empty. */
function transferred(): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode('gone');
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
