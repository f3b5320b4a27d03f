import { expect, test } from 'vitest';
import type { KyInstance } from 'ky';
import { createClient } from '../../src/client.ts';
import { besideKy } from './beside-ky.ts';
import { caught } from '../caught.ts';
import { chunked, ok, redirectTo, scriptedFetch, status } from '../scripted.ts';

const url = 'https://api.test/v1/orders';

test('ky(), get(), post(), …: each method is sent as ky sends it', async () => {
  for (const method of ['get', 'post', 'put', 'patch', 'head', 'delete', 'query'] as const) {
    const { theirs, ours } = await besideKy((api) => api[method](url), { script: [status(200)] });

    expect(ours).toEqual(theirs);
    expect(ours.sent).toMatchObject([{ method: method.toUpperCase() }]);
  }
});

test('ky(), get(), post(), …: the client is a function, and takes the type of the JSON', async () => {
  const api = createClient({ fetch: scriptedFetch(() => Response.json({ id: 42 }), ok) });

  const order = await api<{ id: number }>(url).json();
  await api(url, { method: 'patch' });

  expect(order.id + 1).toBe(43);
});

test.each<[string, () => string | URL | Request]>([
  ['a string', () => url],
  ['a URL', () => new URL(url)],
  ['a Request', () => new Request(url, { method: 'PUT', body: 'text', headers: { 'x-a': '1' } })],
])('input: %s is called as ky calls it', async (_kind, input) => {
  const { theirs, ours } = await besideKy((api) => api(input(), { headers: { 'x-b': '2' } }));

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ url, headers: { 'x-b': '2' } }]);
});

test('input: http is refused beyond loopback, and so are user and password', async () => {
  const api = createClient({ fetch: scriptedFetch() });

  expect(await caught(() => api.get('http://api.test/'))).toMatchObject({ code: 'INVALID_SCHEME' });
  expect(await caught(() => api.get('https://user:hunter2@api.test/'))).toMatchObject({ code: 'INVALID_URL' });
});

test.each([
  ['orders', 'https://api.test/v1/orders'],
  ['./orders', 'https://api.test/v1/orders'],
  ['/orders', 'https://api.test/orders'],
  ['../orders', 'https://api.test/orders'],
  ['?page=2', 'https://api.test/v1/?page=2'],
  ['', 'https://api.test/v1/'],
  ['//other.test/x', 'https://other.test/x'],
  ['https://other.test/x', 'https://other.test/x'],
])('baseUrl: %j is resolved as ky resolves it', async (input, expected) => {
  const { theirs, ours } = await besideKy((api) => api.get(input), { baseUrl: 'https://api.test/v1/' });

  expect(ours).toEqual(theirs);
  expect(ours.sent[0]?.url).toBe(expected);
});

test('baseUrl: an invalid URL is an error when the client is created', async () => {
  expect(await caught(() => createClient({ baseUrl: '/api/' }))).toMatchObject({ code: 'INVALID_URL' });
});

test.each([
  ['orders', 'https://api.test/v1/orders'],
  ['/orders', 'https://api.test/v1/orders'],
  ['?page=2', 'https://api.test/v1/?page=2'],
  ['https://other.test/x', 'https://api.test/v1/https://other.test/x'],
])('prefix: %j is put behind it as ky puts it', async (input, expected) => {
  for (const prefix of ['https://api.test/v1', 'https://api.test/v1/', new URL('https://api.test/v1')]) {
    const { theirs, ours } = await besideKy((api) => api.get(input), { prefix });

    expect(ours).toEqual(theirs);
    expect(ours.sent[0]?.url).toBe(expected);
  }
});

test('prefix: it is resolved against the base URL, and ".." leads out of it, so it is no fence', async () => {
  const both = { prefix: 'tenants/7', baseUrl: 'https://api.test/v1/' };
  const inside = await besideKy((api) => api.get('orders'), both);
  const outside = await besideKy((api) => api.get('../../../admin'), both);

  expect(inside.ours).toEqual(inside.theirs);
  expect(inside.ours.sent[0]?.url).toBe('https://api.test/v1/tenants/7/orders');
  expect(outside.ours).toEqual(outside.theirs);
  expect(outside.ours.sent[0]?.url).toBe('https://api.test/admin');
});

test('prefix: the name it had in ky 1 is refused, with the new one', async () => {
  const renamed: object = { prefixUrl: 'https://api.test/v1' };

  const { ours } = await besideKy((api) => api.get('orders', renamed));

  expect(ours.answer).toMatchObject({ message: expect.stringContaining('Did you mean prefix?') as string });
});

test.each([
  ['a string', '?a=1&a=2'],
  ['an object', { a: 1, b: true, c: null, q: undefined }],
  [
    'a list',
    [
      ['a', 1],
      ['a', 2],
    ],
  ],
  ['URLSearchParams', new URLSearchParams('a=1&a=2')],
  ['nothing', {}],
  ['undefined', undefined],
])('searchParams: %s is added to those of the URL and of the client as ky adds it', async (_form, searchParams) => {
  const given = searchParams as Record<string, string>;
  const { theirs, ours } = await besideKy(
    async (api) => {
      await api.get(`${url}?a=0&q=1`, { searchParams: given });
      await api.extend({ searchParams: { a: 5, more: 1 } }).get(`${url}?a=0&q=1`, { searchParams: given, hooks: {} });
    },
    { script: [ok, ok], searchParams: { base: 1 } },
  );

  expect(ours).toEqual(theirs);
  expect(ours.sent).toHaveLength(2);
});

test.each<[string, RequestInit['headers'] | Record<string, string | undefined>]>([
  ['an object', { A: '2' }],
  ['an undefined value, which removes', { a: undefined }],
  ['Headers', new Headers({ a: '2' })],
  ['Headers with "undefined", which removes', new Headers({ a: 'undefined' })],
  ['a list', [['a', '3']]],
])('headers: %s is merged as ky merges it', async (_form, headers) => {
  const given = headers as Record<string, string | undefined>;
  const { theirs, ours } = await besideKy(
    async (api) => {
      await api.get(url, { headers: given });
      await api.extend({ headers: given }).get(url, { headers: { b: '2' } });
    },
    { script: [ok, ok], headers: { a: '1', b: '1' } },
  );

  expect(ours).toEqual(theirs);
  expect(ours.sent).toHaveLength(2);
});

test('headers: a value the platform refuses is not quoted when an init hook or replaceOption brings it', async () => {
  const api = createClient({ fetch: scriptedFetch(ok) });
  const wrong = (options: object): void => void Object.assign(options, { headers: { 'x-key': 'hunter2\n!' } });

  const error = await caught(() => api.get(url, { hooks: { init: [wrong] } }));

  expect(error).toMatchObject({ code: 'INVALID_HEADER', header: 'x-key' });
});

test('user-agent: a request that says nothing says the name of the client; one that does keeps it', async () => {
  const network = scriptedFetch(ok, ok);
  const api = createClient({ fetch: network, userAgent: 'billing/2' });

  await api.get(url);
  await api.get(url, { headers: { 'user-agent': 'mine' } });

  expect(network.sent.map(({ headers }) => headers.get('user-agent'))).toEqual(['billing/2', 'mine']);
});

test.each<[string, () => NonNullable<RequestInit['body']>, string | RegExp]>([
  ['a string', () => 'text', 'text'],
  ['a form', () => new URLSearchParams('a=1'), 'a=1'],
  ['a Blob', () => new Blob(['blob']), 'blob'],
  ['bytes', () => new TextEncoder().encode('bytes'), 'bytes'],
  ['a stream', () => new Blob(['stream']).stream(), 'stream'],
])('body: %s is sent as ky sends it', async (_kind, body, expected) => {
  const { theirs, ours } = await besideKy((api) => api.post(url, { body: body() }));

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ body: expected }]);
});

test('body: a content-type given with FormData is replaced by the one with its boundary, with hooks or without; ky keeps it', async () => {
  const form = new FormData();
  form.append('a', '1');
  const headers = { 'content-type': 'multipart/form-data' };
  const given = { body: form, headers };
  const hooks = { beforeRequest: [(): void => {}] };

  const { theirs, ours } = await besideKy(
    async (api) => [await api.post(url, given).text(), await api.post(url, { ...given, hooks }).text()],
    { script: [ok, ok] },
  );

  expect(theirs.sent.map((each) => each.headers['content-type'])).toEqual([
    'multipart/form-data',
    'multipart/form-data',
  ]);
  for (const sent of ours.sent) {
    const [, boundary = 'none'] = (sent.headers['content-type'] ?? '').split('boundary=');
    expect(sent.body.startsWith(`--${boundary}\r\n`)).toBe(true);
  }
});

test('body: FormData is sent with the boundary that the header names', async () => {
  const network = scriptedFetch(ok);
  const form = new FormData();
  form.set('food', 'fries');

  await createClient({ fetch: network }).post(url, { body: form });

  const [sent] = network.sent;
  const [, boundary = 'none'] =
    /^multipart\/form-data; boundary=(.+)$/.exec(sent?.headers.get('content-type') ?? '') ?? [];
  expect(sent?.body).toContain(`--${boundary}\r\nContent-Disposition: form-data; name="food"\r\n\r\nfries`);
});

test('body: a stream is sent once, and not buffered for a retry', async () => {
  const network = scriptedFetch(status(503), ok);
  const body = new Blob(['stream']).stream();

  const error = await caught(() => createClient({ fetch: network, random: () => 0 }).put(url, { body }));

  expect(error).toMatchObject({ code: 'HTTP_STATUS', status: 503, attempts: 1, retryable: false });
  expect(network.sent).toHaveLength(1);
});

test.each([{ a: 1 }, [1], 'text', 5, null, false, new Date(0)])('json: %j is sent as ky sends it', async (json) => {
  const { theirs, ours } = await besideKy((api) => api.post(url, { json }));

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }]);
});

test('json: a content type of the own stays', async () => {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };

  const { theirs, ours } = await besideKy((api) => api.post(url, { json: {}, headers }));

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ headers }]);
});

test('json: a content type that a Request brings stays', async () => {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };

  const { theirs, ours } = await besideKy((api) => api(new Request(url, { method: 'POST', headers }), { json: {} }));

  expect(ours).toEqual(theirs);
});

test('stringifyJson: it makes the body', async () => {
  const stringifyJson = (value: unknown): string => JSON.stringify({ wrapped: value });

  const { theirs, ours } = await besideKy((api) => api.post(url, { json: 1 }), { stringifyJson });

  expect(ours).toEqual(theirs);
  expect(ours.sent[0]?.body).toBe('{"wrapped":1}');
});

test('stringifyJson: when it gives nothing, the JSON is sent as it would be without', async () => {
  const silent: object = { stringifyJson: () => undefined };

  const { theirs, ours } = await besideKy((api) => api.post(url, { json: { a: 1 } }), silent);

  expect(ours).toEqual(theirs);
});

test('parseJson: it gets the text, the request and the response, for json() of the call and of the response', async () => {
  const parseJson = (text: string, { request, response }: { request: Request; response: Response }): unknown => [
    text,
    request.url,
    response.status,
  ];
  const { theirs, ours } = await besideKy(
    async (api) => [await api.get(url).json(), await (await api.get(url)).json()],
    { script: [ok, ok], parseJson },
  );

  expect(ours).toEqual(theirs);
  expect(ours.answer).toEqual([
    ['ok', url, 200],
    ['ok', url, 200],
  ]);
});

test.each([
  ['an empty answer', status(200, {}, '')],
  ['a 204', status(204)],
])('json(): %s is the SyntaxError it is with ky', async (_what, answer) => {
  const { theirs, ours } = await besideKy((api) => api.get(url).json(), { script: [answer] });

  expect(ours).toEqual(theirs);
  expect(ours.answer).toMatchObject({ threw: 'SyntaxError' });
});

test('parseJson: it is not called for an attempt that is retried; with ky it is, for the data of the error', async () => {
  const seen: string[] = [];
  const parseJson = (text: string): unknown => (seen.push(text), JSON.parse(text));
  const busy = status(503, { 'content-type': 'application/json' }, '{"busy":1}');
  const given = { script: [busy, status(200, {}, '{"id":42}')], retry: { limit: 1, delay: () => 0 }, parseJson };

  await besideKy((api) => api.get(url).json(), given);

  expect(seen).toEqual(['{"busy":1}', '{"id":42}', '{"id":42}']); // two with ky, one with ours
});

test('searchParams: the query that is there stays as it is; ky rewrites it', async () => {
  const { theirs, ours } = await besideKy((api) => api.get(`${url}?sig=a%20b`, { searchParams: { page: 1 } }));

  expect([theirs.sent[0]?.url, ours.sent[0]?.url]).toEqual([`${url}?sig=a+b&page=1`, `${url}?sig=a%20b&page=1`]);
});

test('json(): the SyntaxError for what is not JSON does not quote the body', async () => {
  const { theirs, ours } = await besideKy((api) => api.get(url).json(), { script: [status(200, {}, 'nope')] });

  expect(JSON.stringify(theirs.answer)).toContain('nope');
  expect(ours.answer).toEqual({ threw: 'SyntaxError', message: 'The response body is not valid JSON' });
});

const schema = (issues?: readonly { message: string }[]) => ({
  '~standard': {
    version: 1 as const,
    vendor: 'test',
    validate: (value: unknown) => (issues === undefined ? { value: { seen: value } } : { issues }),
  },
});

test('json(schema): what fits is what the schema makes of it, what does not is a SchemaValidationError', async () => {
  const fits = await besideKy((api) => api.get(url).json(schema()));
  const empty = await besideKy((api) => api.get(url).json(schema()), { script: [status(204)] });
  const misfit = await besideKy((api) => api.get(url).json(schema([{ message: 'no' }])));

  expect([fits.ours, empty.ours, misfit.ours]).toEqual([fits.theirs, empty.theirs, misfit.theirs]);
  expect(fits.ours.answer).toEqual({ seen: { id: 42 } });
  expect(misfit.ours.answer).toMatchObject({ threw: 'SchemaValidationError' });
});

const shortcuts: readonly [string, string, (api: KyInstance) => Promise<unknown>][] = [
  ['json', 'application/json', (api) => api.get(url).json()],
  ['text', 'text/*', (api) => api.get(url).text()],
  ['blob', '*/*', async (api) => (await api.get(url).blob()).text()],
  ['arrayBuffer', '*/*', async (api) => [...new Uint8Array(await api.get(url).arrayBuffer())]],
  ['bytes', '*/*', async (api) => [...(await api.get(url).bytes())]],
];

test.each(shortcuts)('text(), blob(), bytes(), …: %s() asks for %s and reads the body', async (_name, accept, act) => {
  const { theirs, ours } = await besideKy(act);

  expect(ours).toEqual(theirs);
  expect(ours.sent[0]?.headers).toMatchObject({ accept });
});

test('text(), blob(), bytes(), …: formData() asks for a form and reads it', async () => {
  const { theirs, ours } = await besideKy(async (api) => [...(await api.get(url).formData())], {
    script: [() => new Response(new URLSearchParams('a=1&b=2'))],
  });

  expect(ours).toEqual(theirs);
  expect(ours).toMatchObject({
    answer: [
      ['a', '1'],
      ['b', '2'],
    ],
    sent: [{ headers: { accept: 'multipart/form-data' } }],
  });
});

test('text(), blob(), bytes(), …: a body larger than maxResponseBytes fails, of known length or not', async () => {
  const api = createClient({ fetch: scriptedFetch(ok, chunked('a', 'b')), maxResponseBytes: 1 });

  expect(await caught(() => api.get(url).text())).toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect(await caught(() => api.get(url).bytes())).toMatchObject({ code: 'BODY_TOO_LARGE' });
});

test('redirect: "manual" hands the 3xx out, as an error or, where that was asked for, as a response', async () => {
  for (const throwHttpErrors of [true, false]) {
    const script = [redirectTo('/new')];
    const { theirs, ours } = await besideKy((api) => api.get(url, { redirect: 'manual', throwHttpErrors }), { script });

    expect(ours).toEqual(theirs);
  }
});

test('redirect: one within the origin is followed, one beyond it is refused', async () => {
  const api = createClient({ fetch: scriptedFetch(redirectTo('/new'), ok, redirectTo('https://other.test/')) });

  expect(await api.get(url).text()).toBe('ok');
  expect(await caught(() => api.get(url))).toMatchObject({ code: 'REDIRECT_BLOCKED' });
});
