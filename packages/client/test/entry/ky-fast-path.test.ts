import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { HTTPError, replaceOption, SchemaValidationError } from 'ky';
import type { Options } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';

import { caught } from '../caught.ts';
import { scriptedFetch } from '../scripted.ts';
import { createSimpleCallParser } from '../../src/entry/simple-call.ts';
import type { KyCallOptions } from '../../src/entry/simple-call.ts';

/** A call: what is simple, and what is just beyond. */
interface Given {
  readonly input: string | URL | (() => Request);
  readonly baseUrl: string | undefined;
  readonly clientHeaders: Readonly<Record<string, string>> | undefined;
  readonly clientThrows: boolean | undefined;
  readonly extended: KyCallOptions;
  readonly options: () => KyCallOptions;
  readonly read: Reading;
  readonly answer: { readonly status: number; readonly body: string | null; readonly type: string };
}

const readings = ['head', 'json', 'text', 'bytes', 'arrayBuffer', 'blob', 'checked', 'late'] as const;
type Reading = (typeof readings)[number];

/** A Standard Schema that takes objects with `a`. */
const schema = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value: unknown) =>
      typeof value === 'object' && value !== null && 'a' in value
        ? { value: { checked: value.a } }
        : { issues: [{ message: 'a is missing' }] },
  },
} as const;

/** Everything that can be seen of a call: what the network received, and what the caller got. */
async function outcome(given: Given, throughKy: boolean): Promise<unknown> {
  const seen: unknown[] = [];
  const hooks = throughKy ? { hooks: { beforeError: [({ error }: { error: Error }) => error] } } : {};
  const first = createClient({
    ...(given.baseUrl !== undefined && { baseUrl: given.baseUrl }),
    ...(given.clientHeaders !== undefined && { headers: given.clientHeaders }),
    ...(given.clientThrows !== undefined && { throwHttpErrors: given.clientThrows }),
    ...hooks,
    retry: 0,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const body = request.body === null ? null : await request.text();
      const headers = [...request.headers].filter(([name, value]) => !value.startsWith('multipart/') || name === '');
      seen.push({ url: request.url, method: request.method, headers, body: body?.replaceAll(/-{4}\S+/g, '') });
      const { status, body: text, type } = given.answer;
      return new Response(status === 204 ? null : text, { status, headers: { 'content-type': type } });
    },
  });
  const client = Object.keys(given.extended).length > 0 ? first.extend(given.extended) : first;
  let isSynchronous = true;
  try {
    const input = typeof given.input === 'function' ? given.input() : given.input;
    const pending = client(input, given.options());
    isSynchronous = false;
    return { seen, got: await read(pending, given.read) };
  } catch (cause) {
    return { seen, isSynchronous, failure: describeError(cause) };
  }
}

async function read(pending: ReturnType<Client>, reading: Reading): Promise<unknown> {
  if (reading === 'json' || reading === 'text') return pending[reading]();
  if (reading === 'bytes' || reading === 'arrayBuffer') return [...new Uint8Array(await pending[reading]())];
  if (reading === 'blob') return (await pending.blob()).text();
  if (reading === 'checked') return pending.json(schema);
  const response = await pending;
  const { status, ok, url, type } = response;
  return reading === 'head' ? { status, ok, url, type } : response.text();
}

/** Everything that can be seen of an error, what is not printed with it too. */
function describeError(cause: unknown): unknown {
  if (!(cause instanceof Error)) return cause;
  const { name, message } = cause;
  const facts = Object.fromEntries(
    ['code', 'status', 'origin', 'attempts', 'retryable', 'preview', 'data', 'issues'].map((key) => [
      key,
      Reflect.get(cause, key),
    ]),
  );
  const isFromKy = cause instanceof HTTPError ? 'status' : cause instanceof SchemaValidationError && 'schema';
  const members = cause instanceof HTTPError ? describeMembers(cause) : undefined;
  return { name, message, facts, isFromKy, members, printed: inspect(Object.entries(cause)) };
}

function describeMembers({ request, response, options }: HTTPError): unknown {
  const { method, headers, body, prefix, context, baseUrl, retry } = options;
  const kind = typeof body === 'string' ? body : Object.prototype.toString.call(body ?? undefined);
  return {
    request: [request.method, request.url, [...request.headers], request.body === null],
    response: [response.status, response.bodyUsed, [...response.headers]],
    // ky sets the accept header of json() and the like on the request alone
    options: {
      method,
      headers: [...headers].filter(([name]) => name !== 'accept'),
      body: kind,
      prefix,
      context,
      baseUrl,
      limit: retry.limit,
    },
  };
}

const inputs: fc.Arbitrary<Given['input']> = fc.constantFrom<Given['input'][]>(
  '/v1/orders',
  'v1/orders/42?x=1#part',
  'users/a:b',
  'https://api.test/abs?q=a b',
  'HTTPS://API.test/up',
  'http:same',
  'mailto:someone',
  ' https://api.test/padded',
  'a\tb',
  '',
  '?q=1',
  '//other.test/x',
  'https://user:pass@api.test/x',
  'ähm',
  new URL('https://api.test/url?y=2'),
  () => new Request('https://api.test/request', { headers: { 'x-own': '1' } }),
  // what only JavaScript lets through
  undefined as unknown as string,
  null as unknown as string,
  42 as unknown as string,
  {} as unknown as string,
  [] as unknown as string,
);

const headers: fc.Arbitrary<KyCallOptions['headers']> = fc.dictionary(
  fc.constantFrom('accept', 'Accept', 'x-a', 'X-A', 'content-type', 'bad name', 'user-agent'),
  fc.constantFrom<(string | undefined)[]>('one', 'application/xml', '', 'undefined', 'a\nb', undefined),
  { maxKeys: 3 },
);

const searchParams: fc.Arbitrary<KyCallOptions['searchParams']> = fc.oneof(
  fc.dictionary(
    fc.constantFrom('a', 'b c', 'x'),
    fc.constantFrom<(string | number | boolean | undefined)[]>('1', 2, false, 'ü&=', undefined),
  ),
  fc.constantFrom<(string | string[][] | URLSearchParams)[]>(
    'a=1&b=2',
    '?c',
    '',
    [['d', '1']],
    new URLSearchParams('e=5'),
  ),
);

const bodies = fc.constantFrom<(() => KyCallOptions)[]>(
  () => ({ json: { a: 1 } }),
  () => ({ json: null }),
  () => ({ json: 'text' }),
  () => ({ json: () => 'no JSON' }),
  () => ({ json: 1n }),
  () => ({ json: { a: 1 }, body: 'two' }),
  () => ({ body: 'text' }),
  () => ({ body: '' }),
  () => ({ body: new URLSearchParams('f=1') }),
  () => ({ body: new Uint8Array([104, 105]) }),
  () => ({ body: new Blob(['blob'], { type: 'image/png' }) }),
  () => ({ body: null }),
  () => ({ body: new Blob(['stream']).stream() }),
);

const others: fc.Arbitrary<KyCallOptions> = fc.record(
  {
    throwHttpErrors: fc.constantFrom<(boolean | undefined | ((status: number) => boolean))[]>(
      undefined,
      true,
      false,
      (status) => status === 404,
    ),
    timeout: fc.constantFrom<(number | false | undefined)[]>(1_000, false, -1, undefined),
    totalTimeout: fc.constantFrom<(number | false)[]>(50_000, 900),
    bodyTimeout: fc.constantFrom<(number | false)[]>(1_000, false),
    retry: fc.constantFrom<KyCallOptions['retry'][]>(
      undefined,
      replaceOption({ limit: 0 }),
      0,
      { limit: 0 },
      { methods: ['get'] },
      -1,
    ),
    prefix: fc.constant('pre'),
    context: fc.constant({ note: 1 }),
    parseJson: fc.constant((text: string) => ({ parsed: text })),
    headers: fc.constantFrom<KyCallOptions['headers'][]>(undefined, replaceOption({ 'x-a': 'replaced' })),
    searchParams: fc.constantFrom<KyCallOptions['searchParams'][]>(undefined, replaceOption({ a: '1' })),
    json: fc.constantFrom<unknown[]>(undefined, replaceOption({ a: 1 })),
    signal: fc.constantFrom(new AbortController().signal, AbortSignal.abort(new Error('the caller left'))),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<KyCallOptions>; // `undefined` too, which only JavaScript lets through

/** Mostly a usual one, sometimes an unusual one. */
function mostly<T>(usual: fc.Arbitrary<T>, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 7, arbitrary: usual }, { weight: 1, arbitrary: unusual });
}

/** Half of them simple: each part is unusual now and then. */
const calls: fc.Arbitrary<Given> = fc
  .record({
    input: mostly<Given['input']>(fc.constantFrom('/v1/orders', 'v1/orders/42?x=1#part', 'users/a:b'), inputs),
    baseUrl: mostly<string | undefined>(fc.constant('https://api.test/base/'), fc.constant(undefined)),
    clientHeaders: fc.option(fc.constant({ 'X-A': 'client', accept: 'text/csv' }), { nil: undefined }),
    clientThrows: fc.constantFrom<(boolean | undefined)[]>(undefined, true, false),
    extended: mostly<KyCallOptions>(
      fc.constant({}),
      fc.constantFrom<KyCallOptions[]>(
        { timeout: 2_000 },
        { retry: { limit: 1, delay: () => 0 } },
        { headers: { x: 'y' } },
      ),
    ),
    method: mostly(
      fc.constantFrom('get', 'post', 'put', 'patch', 'delete', 'POST'),
      fc.constantFrom('head', 'GET', 'PATCH', 'OPTIONS', 'query', 'b@d'),
    ),
    headers: mostly<KyCallOptions['headers']>(
      fc.option(fc.dictionary(fc.constantFrom('accept', 'Accept', 'x-a', 'content-type'), fc.constant('one')), {
        nil: undefined,
      }),
      headers,
    ),
    searchParams: mostly<KyCallOptions['searchParams']>(
      fc.option(fc.dictionary(fc.constantFrom('a', 'b c', 'x'), fc.constantFrom('1', 2, false, 'ü&=')), {
        nil: undefined,
      }),
      searchParams,
    ),
    body: fc.option(bodies, { nil: undefined, freq: 2 }),
    others: mostly<KyCallOptions>(fc.constant({}), others),
    read: fc.constantFrom(...readings),
    answer: fc.record({
      status: fc.constantFrom(200, 200, 201, 204, 304, 404, 404, 503),
      body: fc.constantFrom('{"a":1}', '{"b":2}', 'plain ü', ''),
      type: fc.constantFrom(
        'application/json',
        'text/plain',
        'application/problem+json; charset=utf-8',
        'text/plain; charset=iso-8859-1',
        'text/plain; charset="no-such"',
      ),
    }),
  })
  .map(({ method, headers: own, searchParams: search, body, others: more, ...rest }) => ({
    ...rest,
    options: () => ({
      ...(method !== 'get' && { method, ...body?.() }),
      ...(own !== undefined && { headers: own }),
      ...(search !== undefined && { searchParams: search }),
      ...more,
    }),
  }));

/** Whether the call takes the fast path. */
function isSimple({ input, baseUrl, clientHeaders, clientThrows, extended, options }: Given): boolean {
  const defaults = {
    ...(baseUrl !== undefined && { baseUrl }),
    ...(clientHeaders !== undefined && { headers: clientHeaders }),
    ...(clientThrows !== undefined && { throwHttpErrors: clientThrows }),
    ...extended,
  } as Options;
  try {
    return createSimpleCallParser(defaults)(typeof input === 'function' ? input() : input, options()) !== undefined;
  } catch {
    return false;
  }
}

test('a client with hooks has no simple calls', () => {
  const hook = (): void => {};
  const hooked = [{ init: [hook] }, { beforeRequest: [hook] }, { afterResponse: [hook] }, { beforeError: [hook] }];

  const found = hooked.map((hooks) => createSimpleCallParser({ hooks } as Options)('https://api.test/', {}));

  expect(found).toEqual([undefined, undefined, undefined, undefined]);
  expect(createSimpleCallParser({ hooks: { init: [] } })('https://api.test/', {})).toBeDefined();
});

test("a call's own time limits replace those of its client, and two retry options are left to ky to merge", () => {
  const reads = createSimpleCallParser({ timeout: 2_000, totalTimeout: 9_000, retry: { limit: 1 } });

  const call = reads('https://api.test/', { timeout: 500 });
  const merged = reads('https://api.test/', { retry: { methods: ['get'] } });

  expect(call?.options).toMatchObject({ timeout: 500, totalTimeout: 9_000, retry: { limit: 1 } });
  expect(merged).toBeUndefined();
});

test('a call on the fast path sends and returns the same as one through ky', async () => {
  let simple = 0;

  await fc.assert(
    fc.asyncProperty(calls, async (given) => {
      if (isSimple(given)) simple += 1;
      const fast = await outcome(given, false);
      const slow = await outcome(given, true);

      expect(fast).toEqual(slow);
    }),
    { numRuns: 2_000 },
  );

  expect(simple).toBeGreaterThan(500);
});

test('an error status on the fast path is answered once, and ky is not asked to go on with it', async () => {
  const network = scriptedFetch(() => Response.json({ error: 'gone' }, { status: 404 }));
  const client = createClient({ fetch: network });

  const error = await caught(() => client.get('https://api.test/').json());

  expect(error).toBeInstanceOf(HTTPError);
  expect(error).toMatchObject({ code: 'HTTP_STATUS', data: { error: 'gone' } });
  expect(network.sent.length).toBe(1);
  expect(error.stack).not.toMatch(/[/]ky[/]distribution[/]core/);
});
