import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { isHTTPError } from 'ky';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';
import { virtualClock } from '@bearings/testing';
import { ok, redirectTo, scriptedFetch, silent, status, times } from '../scripted.ts';

const url = 'https://api.test/v1/orders?key=query';
const bearer = layer('auth', 'bearer', (next) => (request, call) => {
  call.headers.setCredential('authorization', 'Bearer s3cret');
  return next(request, call);
});

type Api = ReturnType<typeof createClient>;

/** A client whose network says 503, again and again. */
function failing(): { api: Api; attempts: () => number } {
  const network = scriptedFetch(...times(50, status(503)));
  return { api: createClient({ fetch: network, random: () => 0 }), attempts: () => network.sent.length };
}

const unsendable = { headers: { 'x-key': 'hunter2\n!' } };
const wake = { hooks: { init: [(options: object): void => void Object.assign(options, { retry: 3, timeout: 5 })] } };
const before = { hooks: { beforeRequest: [(): void => {}] } };

test.each([
  ['the default', 3, (api: Api) => api.get(url)],
  ['retry: 3 of the call', 4, (api: Api) => api.get(url, { retry: 3 })],
  ['retry: 0 of the call', 1, (api: Api) => api.get(url, { retry: 0 })],
  ['a limit of the call', 2, (api: Api) => api.get(url, { retry: { limit: 1 } })],
  ['retry: 3 of extend', 4, (api: Api) => api.extend({ retry: 3 }).get(url)],
  ['retry: 0 over that of extend', 1, (api: Api) => api.extend({ retry: 3 }).get(url, { retry: 0 })],
  ['retry: 1 of create', 2, (api: Api) => api.create({ retry: 1 }).get(url)],
  ['a function given to extend', 4, (api: Api) => api.extend(() => ({ retry: 3 })).get(url)],
  ['hooks of the call', 4, (api: Api) => api.get(url, { ...before, retry: 3 })],
  ['an init hook of the call', 4, (api: Api) => api.get(url, wake)],
  ['an init hook of extend', 4, (api: Api) => api.extend(wake).get(url)],
  ['an init hook of extend and one of the call', 4, (api: Api) => api.extend(wake).get(url, wake)],
  ['extend upon extend', 4, (api: Api) => api.extend({}).extend(wake).extend({}).get(url, before)],
  ['the client called as a function', 4, (api: Api) => api(url, { retry: 3 })],
])("attempts are made by our stage alone, not by ky's as well: %s", async (_case, expected, call) => {
  const { api, attempts } = failing();

  expect(await caught(() => call(api))).toMatchObject({ name: 'HTTPError', code: 'HTTP_STATUS' });

  expect(attempts()).toBe(expected);
});

test.each([
  ['of the call', (api: Api) => api.get(url, { timeout: 700, retry: 0 })],
  ['of extend', (api: Api) => api.extend({ timeout: 700 }).get(url, { retry: 0 })],
  [
    'of an init hook',
    (api: Api) =>
      api.get(url, { hooks: { init: [(options) => void Object.assign(options, { timeout: 700, retry: 0 })] } }),
  ],
])("a timeout %s is ours, by our clock, and ky's stays asleep", async (_case, call) => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(silent), clock });

  const failure = caught(() => call(api));
  await clock.advance(0);
  const waits = clock.waits;
  await clock.advance(700);

  expect(waits).toEqual([700]);
  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 700 });
});

test('a total timeout of the call bounds all of it', async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(...times(9, silent)), clock, random: () => 0 });

  const failure = caught(() => api.get(url, { timeout: 400, totalTimeout: 1_000, retry: 8 }));
  await clock.advance(1_000);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', budgetMs: 1_000, attempts: 3 });
});

test('a body timeout of the call reaches the stage', async () => {
  const api = createClient({ fetch: scriptedFetch() });
  const options: object = { bodyTimeout: -1 };

  expect(await caught(() => api.get(url, options))).toMatchObject({ code: 'CONFIG', field: 'bodyTimeout' });
});

test.each([0, -1, Number.NaN, '5s'])('a timeout of %j in a call is a wrong option', async (timeout) => {
  const network = scriptedFetch(ok);
  const options: object = { timeout };

  expect(await caught(() => createClient({ fetch: network }).get(url, options))).toMatchObject({ field: 'timeout' });
  expect(network.sent).toEqual([]);
});

test("a layer's credential is in no error of ky's, however it is printed", async () => {
  const network = scriptedFetch(status(403, {}, 'no'), ok);
  const api = createClient({ fetch: network }, bearer);

  const error = await caught(() => api.get(url));

  expect(network.sent[0]?.headers.get('authorization')).toBe('Bearer s3cret');
  expect(isHTTPError(error) && error.request.headers.get('authorization')).toBeNull();
  const printed = inspect(error, { depth: 20, showHidden: true }) + JSON.stringify(error) + String(error.stack);
  expect(printed).toContain('403');
  expect(printed).not.toContain('s3cret');
});

test('the message of an HTTPError does not show the query', async () => {
  const error = await caught(() => createClient({ fetch: scriptedFetch(status(404)) }).get(url));

  expect(error).toMatchObject({ code: 'HTTP_STATUS' });
  expect(error.message).toContain('https://api.test/v1/orders');
  expect(`${error.message}${error.stack}`).not.toContain('key=query');
});

test("the caller's abort reason passes unchanged", async () => {
  const clock = virtualClock();
  const caller = new AbortController();
  const reason = new Error('user left');
  const api = createClient({ fetch: scriptedFetch(silent), clock });

  const failure = caught(() => api.get(url, { signal: caller.signal }));
  await clock.advance(10);
  caller.abort(reason);

  expect(await failure).toBe(reason);
  expect(clock.pending).toBe(0);
});

test.each([
  ['a string', 'https://user:hunter2@api.test/'],
  ['a URL', new URL('https://user:hunter2@api.test/')],
  ['a wrong string', 'https://user:hunter2@'],
])('user and password are refused and not quoted: %s', async (_kind, input) => {
  const error = await caught(() => createClient({ fetch: scriptedFetch() }).get(input));

  expect(error).toMatchObject({ code: 'INVALID_URL' });
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
});

test.each([
  ['a prefix', { prefix: 'https://user:hunter2@api.test/' }],
  ['a base URL', { baseUrl: 'https://user:hunter2@api.test/' }],
])('nor are those in %s given later', async (_kind, options) => {
  const api = createClient({ fetch: scriptedFetch() });

  const ofExtend = await caught(() => api.extend(options).get('orders'));
  const ofCall = await caught(() => api.get('orders', options));

  expect([ofExtend, ofCall]).toMatchObject([{ code: 'INVALID_URL' }, { code: 'INVALID_URL' }]);
  expect(inspect([ofExtend, ofCall], { depth: 9 })).not.toContain('hunter2');
});

test.each([
  ['the client', () => createClient(unsendable)],
  ['extend', () => createClient().extend(unsendable)],
  ['extend with a function', () => createClient().extend(() => unsendable)],
  ['create', () => createClient().create(unsendable)],
  ['the call', () => createClient({ fetch: scriptedFetch() }).get(url, unsendable)],
])('a header the platform refuses is named and its value is not: of %s', async (_case, act) => {
  const error = await caught(act);

  expect(error).toMatchObject({ code: 'INVALID_HEADER', header: 'x-key' });
  expect(inspect(error, { depth: 9 })).not.toContain('hunter2');
});

test.each([
  ['a call', (api: Api) => api.get(url, { fetch: scriptedFetch(ok) })],
  ['extend', (api: Api) => api.extend({ fetch: scriptedFetch(ok) }).get(url)],
  ['a function given to extend', (api: Api) => api.extend(() => ({ fetch: scriptedFetch(ok) })).get(url)],
  ['create', (api: Api) => api.create({ fetch: scriptedFetch(ok) }).get(url)],
  [
    'an init hook',
    (api: Api) =>
      api.get(url, { hooks: { init: [(options) => void Object.assign(options, { fetch: scriptedFetch(ok) })] } }),
  ],
])('no other fetch bypasses the stack: %s', async (_case, call) => {
  const network = scriptedFetch(status(404));
  const api = createClient({ fetch: network }, bearer);

  const error = await caught(() => call(api));

  expect(error).toMatchObject({ code: expect.stringMatching(/^CONFIG$|^HTTP_STATUS$/) as string });
});

test("ky's own options work: prefix, searchParams, json, hooks, extend", async () => {
  const network = scriptedFetch(() => Response.json({ id: 42 }));
  const api = createClient({ prefix: 'https://api.test/v1', fetch: network, headers: { 'x-a': '1' } });
  const orders = api.extend({
    headers: { 'x-b': '2' },
    hooks: { beforeRequest: [({ request }) => request.headers.set('x-c', '3')] },
  });

  const answer = await orders.post('orders', { searchParams: { dry: true }, json: { n: 1 } }).json();

  expect(answer).toEqual({ id: 42 });
  expect(network.sent[0]).toMatchObject({
    url: 'https://api.test/v1/orders?dry=true',
    method: 'POST',
    body: '{"n":1}',
  });
  expect(Object.fromEntries(network.sent[0]?.headers ?? [])).toMatchObject({
    'x-a': '1',
    'x-b': '2',
    'x-c': '3',
    accept: 'application/json',
    'content-type': 'application/json',
  });
});

test('a body set by a hook is sent in each attempt', async () => {
  const network = scriptedFetch(status(503), ok);
  const api = createClient({
    fetch: network,
    random: () => 0,
    hooks: { beforeRequest: [({ request }) => new Request(request, { method: 'PUT', body: 'other' })] },
  });

  await api.put(url, { body: 'mine' });

  expect(network.sent.map(({ body }) => body)).toEqual(['other', 'other']);
});

test('after a redirect the response has its final URL, with hooks or without', async () => {
  const network = scriptedFetch(redirectTo('/new'), ok, redirectTo('/new'), ok);
  const api = createClient({ fetch: network });

  const plain = await api.get(url);
  const hooked = await api.get(url, { hooks: { afterResponse: [({ response }) => response] } });

  expect([plain.url, plain.redirected]).toEqual(['https://api.test/new', true]);
  expect([hooked.url, hooked.redirected]).toEqual(['https://api.test/new', true]);
});

test('clients made from a client have its stages', () => {
  const api = createClient({ baseUrl: 'https://api.test' });

  expect(api.extend({}).stages).toBe(api.stages);
  expect(api.create().extend({}).stages).toBe(api.stages);
});

test('the query is taken out of the message of a status whatever signs the path has', async () => {
  const api = createClient({ fetch: async () => new Response(null, { status: 404 }) });

  const { message } = await caught(() => api.get('https://api.test/$&/$1?key=secret'));

  expect(message).toBe('Request failed with status code 404: GET https://api.test/$&/$1');
});

test("a Request's own signal counts, also beside an option that is undefined", async () => {
  const api = createClient({ fetch: scriptedFetch(ok), retry: 0 });
  const request = new Request('https://api.test/', { signal: AbortSignal.abort(new Error('user left')) });

  const calls = [api.get(request), api.get(request, { signal: undefined as unknown as AbortSignal })];

  for (const call of calls) await expect(call).rejects.toThrow('user left');
});
