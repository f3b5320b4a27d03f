import { inspect } from 'node:util';
import { virtualClock } from '@bearings/testing';
import ky, {
  HTTPError,
  isForceRetryError,
  isHTTPError,
  isKyError,
  isNetworkError,
  isTimeoutError,
  replaceOption,
} from 'ky';
import type { Hooks, KyInstance, Options } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { isBearingsError } from '../../src/errors/index.ts';
import { besideKy } from './beside-ky.ts';
import { caught } from '../caught.ts';
import { broken, chunked, ok, scriptedFetch, silent, status, times } from '../scripted.ts';

const url = 'https://api.test/v1/orders';

test('hooks.init: it changes the options before the request is made', async () => {
  const change = (options: object): void =>
    void Object.assign(options, { method: 'post', json: { a: 1 }, searchParams: { b: 2 }, headers: { 'x-c': '3' } });

  const { theirs, ours } = await besideKy((api) => api.get(url, { hooks: { init: [change] } }));

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ url: `${url}?b=2`, method: 'POST', body: '{"a":1}', headers: { 'x-c': '3' } }]);
});

test('hooks.init: what it throws comes at once, not as a rejection', () => {
  const hooks = {
    init: [
      (): void => {
        throw new RangeError('mine');
      },
    ],
  };

  expect(() => void createClient({ fetch: scriptedFetch() }).get(url, { hooks })).toThrow('mine');
});

test('hooks.beforeRequest: a request it changes or replaces is sent', async () => {
  const beforeRequest: Hooks['beforeRequest'] = [
    ({ request }) => new Request('https://api.test/other', request),
    ({ request, retryCount }) => request.headers.set('x-seen', `${request.url} ${retryCount}`),
  ];

  const { theirs, ours } = await besideKy((api) => api.get(url, { hooks: { beforeRequest } }));

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([
    { url: 'https://api.test/other', headers: { 'x-seen': 'https://api.test/other 0' } },
  ]);
});

test('hooks.beforeRequest: the signal of a request that it puts in place of the first one cancels the call', async () => {
  const own = new AbortController();
  const beforeRequest: Hooks['beforeRequest'] = [
    ({ request }) => new Request(request, { signal: own.signal }),
    () => own.abort(new Error('user left')),
  ];

  const error = await caught(() =>
    createClient({ fetch: scriptedFetch(silent) }).get(url, { hooks: { beforeRequest } }),
  );

  expect(error.message).toBe('user left');
});

test('hooks.beforeRequest: the body of a request that it leaves in place is sent as it was given', async () => {
  const hooks = { beforeRequest: [({ request }: { request: Request }) => request.headers.set('x-seen', '1')] };
  const retry = { limit: 1, methods: ['post'], delay: () => 0 };

  for (const body of [{ json: { a: 1 } }, { body: 'text' }, { body: new Uint8Array([1, 2]) }]) {
    const { theirs, ours } = await besideKy((api) => api.post(url, { hooks, ...body }), {
      script: [status(503), ok],
      retry,
    });

    expect(ours).toEqual(theirs);
    expect(ours.sent).toHaveLength(2);
  }
});

test('hooks.beforeRequest: a request whose body it has read fails, as with ky', async () => {
  const hooks = {
    beforeRequest: [async ({ request }: { request: Request }): Promise<void> => void (await request.text())],
  };

  const { theirs, ours } = await besideKy((api) => api.post(url, { hooks, body: 'text' }));

  expect([theirs.sent, ours.sent]).toEqual([[], []]);
});

test('hooks.beforeRequest: with a response of its own nothing is sent, and no more hooks are called', async () => {
  for (const code of [200, 500]) {
    const beforeRequest = [() => new Response('cached', { status: code }), () => Promise.reject(new Error('called'))];

    const { theirs, ours } = await besideKy((api) => api.get(url, { hooks: { beforeRequest } }));

    expect(ours).toEqual(theirs);
    expect(ours.sent).toEqual([]);
  }
});

test('hooks.beforeRequest: it is called once for a call, however many attempts there are', async () => {
  let calls = 0;
  const hooks = { beforeRequest: [(): void => void (calls += 1)] };
  const retry = { limit: 2, delay: () => 0 };

  const { theirs, ours } = await besideKy((api) => api.get(url, { hooks }), { script: [status(503), ok], retry });

  expect(ours).toEqual(theirs);
  expect([ours.sent.length, calls]).toEqual([2, 2]); // once with ky, once with ours
});

test("hooks.beforeRequest: it sees the call's retry options and signal; the signal of the request is another", async () => {
  const caller = new AbortController();
  const seen: { request: Request; options: { retry: object; signal?: unknown } }[] = [];
  const hooks = { beforeRequest: [(state: (typeof seen)[number]): void => void seen.push(state)] };
  const api = createClient({ fetch: scriptedFetch(ok), retry: 5 });

  await api.get(url, { hooks, signal: caller.signal });
  caller.abort();

  expect(seen).toMatchObject([{ options: { retry: { limit: 5 } } }]);
  expect(seen[0]?.options.signal).toBe(caller.signal);
  expect(seen[0]?.request.signal.aborted).toBe(false);
});

test('hooks.afterResponse: the response it gives back is the one there is', async () => {
  const afterResponse: Hooks['afterResponse'] = [
    async ({ response, request, retryCount }) => Response.json([await response.json(), request.url, retryCount]),
    async ({ response }) => void (await response.text()), // a clone: the next one may read it as well
  ];

  const { theirs, ours } = await besideKy((api) => api.get(url, { hooks: { afterResponse } }).json());

  expect(ours).toEqual(theirs);
  expect(ours.answer).toEqual([{ id: 42 }, url, 0]);
});

test('hooks.afterResponse: it is called once for a call, with the last response; with ky once for an attempt', async () => {
  const seen: unknown[] = [];
  const hooks: Hooks = { afterResponse: [({ response, retryCount }) => void seen.push([response.status, retryCount])] };
  const given = { script: [status(503), ok], retry: { limit: 1, delay: () => 0 } };

  await besideKy((api) => api.get(url, { hooks }), given);

  expect(seen).toEqual([
    [503, 0], // ky's
    [200, 1],
    [200, 1], // ours
  ]);
});

test('hooks.beforeError: it gets the error with its data, and what it gives back is thrown', async () => {
  const beforeError: Hooks['beforeError'] = [
    ({ error, request, retryCount }) => {
      error.message = isHTTPError(error) ? `${String(error.data)} ${request.url} ${retryCount}` : 'other';
      return error;
    },
  ];
  const script = [status(404, {}, 'no such order')];

  const same = await besideKy((api) => api.get(url, { hooks: { beforeError } }), { script });
  const other = await besideKy((api) => api.get(url, { hooks: { beforeError: [() => new RangeError()] } }), { script });

  expect([same.ours, other.ours]).toEqual([same.theirs, other.theirs]);
  expect(same.ours.answer).toMatchObject({ message: `no such order ${url} 0` });
  expect(other.ours.answer).toMatchObject({ threw: 'RangeError' });
});

test('hooks.beforeError: it gets our errors too', async () => {
  const seen: unknown[] = [];
  const hooks: Hooks = { beforeError: [({ error }) => (seen.push('code' in error && error.code), error)] };
  const api = createClient({ fetch: scriptedFetch(broken('ENOTFOUND')), hooks });

  await caught(() => api.get(url));
  await caught(() => api.get('http://api.test/'));

  expect(seen).toEqual(['TRANSPORT', 'INVALID_SCHEME']);
});

test('hooks.beforeError: it gets a TransportError when fetch throws what is not an Error', async () => {
  const seen: unknown[] = [];
  const hooks: Hooks = { beforeError: [({ error }) => (seen.push('code' in error && error.code), error)] };
  const notAnError: unknown = 'network down';
  const fetch: typeof globalThis.fetch = async () => {
    throw notAnError;
  };

  await caught(() => createClient({ fetch, hooks, retry: 0 }).get(url));

  expect(seen).toEqual(['TRANSPORT']);
});

test('hooks.beforeError: it sees the facts of an HTTPError', async () => {
  const seen: unknown[] = [];
  const hooks: Hooks = { beforeError: [({ error }) => (seen.push(isBearingsError(error, 'HTTP_STATUS')), error)] };

  await caught(() => createClient({ fetch: scriptedFetch(status(404)), hooks }).get(url));

  expect(seen).toEqual([true]);
});

test('hooks.beforeRetry, ky.stop: a hook that would never be called is refused, and the error names the other way', async () => {
  const hooks: Hooks = { beforeRetry: [() => ky.stop] };
  const network = scriptedFetch(ok);

  const ofClient = await caught(() => createClient({ fetch: network, hooks }).get(url));
  const ofCall = await caught(() => createClient({ fetch: network }).get(url, { hooks }));

  for (const error of [ofClient, ofCall]) {
    expect(error).toMatchObject({ code: 'CONFIG', field: 'hooks.beforeRetry' });
    expect(error.message).toContain('retry.onRetry');
  }
  expect(network.sent).toEqual([]);
});

test('hooks.beforeRetry, ky.stop: the symbol is there, as a property of the client', () => {
  expect(createClient().stop).toBe(ky.stop);
});

test('ky.retry(): the call fails with a ForceRetryError and is not made again', async () => {
  const network = scriptedFetch(ok, ok);
  const api = createClient({ fetch: network });

  const error = await caught(() => api.get(url, { hooks: { afterResponse: [() => api.retry({ code: 'AGAIN' })] } }));

  expect(isForceRetryError(error)).toBe(true);
  expect(error.message).toBe('Forced retry: AGAIN');
  expect(network.sent).toHaveLength(1);
});

test('context: it is merged one level deep, and hooks see it', async () => {
  const show: Hooks = { beforeRequest: [({ options }) => Response.json(options.context)] };

  const { theirs, ours } = await besideKy((api) => {
    const extended = api.extend({ context: { a: 1, b: { nested: true } }, hooks: show });
    return extended.get(url, { context: { b: { updated: true } } }).json();
  });

  expect(ours).toEqual(theirs);
  expect(ours.answer).toEqual({ a: 1, b: { updated: true } });
});

test('onDownloadProgress: it is called for each chunk and at the end', async () => {
  const answers = [chunked('ab', 'cde', 'f'), status(200, { 'content-length': '5' }, 'hello'), status(204)];
  for (const answer of answers) {
    const { theirs, ours } = await besideKy(
      async (api) => {
        const seen: unknown[] = [];
        const text = await api.get(url, { onDownloadProgress: (at, piece) => seen.push([at, piece.length]) }).text();
        return [text, seen];
      },
      { script: [answer] },
    );

    expect(ours).toEqual(theirs);
  }
});

test('onUploadProgress: it is called for each chunk and at the end', async () => {
  for (const body of ['hello', new Blob(['hello']), new URLSearchParams('a=1')]) {
    const { theirs, ours } = await besideKy(async (api) => {
      const seen: unknown[] = [];
      await api.post(url, { body, onUploadProgress: (at, piece) => seen.push([at, piece.length]) });
      return seen;
    });

    expect(ours).toEqual(theirs);
    expect(ours.answer).toMatchObject([[{ percent: 1 }, expect.any(Number)]]);
  }
});

test('onUploadProgress: a body that is sent again is reported once', async () => {
  const seen: number[] = [];
  const network = scriptedFetch(status(503), ok);
  const api = createClient({ fetch: network, random: () => 0 });

  await api.put(url, { body: 'hello', onUploadProgress: ({ percent }) => seen.push(percent) });

  expect(network.sent.map(({ body }) => body)).toEqual(['hello', 'hello']);
  expect(seen).toEqual([1]);
});

test("signal: the caller's reason passes untouched, of the call, of extend, of the client or of a Request", async () => {
  const acts: readonly ((signal: AbortSignal, api: KyInstance) => Promise<unknown>)[] = [
    (signal, api) => api.get(url, { signal }),
    (signal, api) => api.extend({ signal }).get(url, { signal: new AbortController().signal }),
    (signal, api) => api.create({ signal }).get(url),
    (signal, api) => api.get(new Request(url, { signal })),
  ];
  for (const act of acts) {
    const caller = new AbortController();
    const clock = virtualClock();
    const reason = new Error('user left');

    const failure = caught(() => act(caller.signal, createClient({ fetch: scriptedFetch(silent), clock })));
    await clock.advance(1);
    caller.abort(reason);

    expect(await failure).toBe(reason);
  }
});

test('fetch: it goes to createClient; anywhere else it is refused, because it would bypass the stack', async () => {
  const api = createClient({ fetch: scriptedFetch(ok) });

  expect(await api.get(url).text()).toBe('ok');
  expect(await caught(() => api.get(url, { fetch: scriptedFetch(ok) }))).toMatchObject({
    code: 'CONFIG',
    field: 'fetch',
  });
});

test("dispatcher: it and all that is fetch's alone reaches the network", async () => {
  const seen: object[] = [];
  const fetch: typeof globalThis.fetch = async (_input, init = {}) => {
    seen.push(init);
    return new Response('ok');
  };
  const options: object = { dispatcher: 'mine', priority: 'low' };

  await createClient({ fetch }).get(url, options);

  expect(seen).toMatchObject([options]);
});

test('unknown options: a misspelt option is rejected with the name that may be meant', async () => {
  const network = scriptedFetch(ok);
  const options: object = { tiemout: 50 };

  const error = await caught(() => createClient({ fetch: network }).get(url, options));

  expect(error).toMatchObject({ code: 'CONFIG', field: 'tiemout' });
  expect(error.message).toContain('Did you mean timeout?');
  expect(network.sent).toEqual([]);
});

test('extend, replaceOption: hooks are appended, replaced or removed', async () => {
  const { theirs, ours } = await besideKy(
    async (api) => {
      const called: string[] = [];
      const hook = (name: string) => ({ hooks: { beforeRequest: [(): void => void called.push(name)] } });
      const none: object = { beforeRequest: undefined };
      const base = api.extend(hook('base'));
      await base.extend(hook('more')).get(url, hook('call'));
      await base.extend({ hooks: replaceOption(hook('only').hooks) }).get(url);
      await base.extend({ hooks: none }).get(url);
      await base.get(url, { hooks: replaceOption(hook('of the call').hooks) });
      return called;
    },
    { script: times(4, ok) },
  );

  expect(ours).toEqual(theirs);
  expect(ours.answer).toEqual(['base', 'more', 'call', 'only', 'of the call']);
});

test('extend, replaceOption: headers and parameters are replaced', async () => {
  const { theirs, ours } = await besideKy(
    (api) => api.extend({ headers: replaceOption({ b: '2' }), searchParams: replaceOption({ b: 2 }) }).get(url),
    { headers: { a: '1' }, searchParams: { a: 1 } },
  );

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ url: `${url}?b=2`, headers: { b: '2' } }]);
});

test('extend, replaceOption: a function gets the options there are, but for those that the stages answer for', async () => {
  const seen: Options[] = [];
  const more = (options: Options): Options => (seen.push(options), { prefix: `${String(options.prefix)}/users` });
  const given = { prefix: 'https://api.test/v1', retry: 3 };

  const { theirs, ours } = await besideKy((api) => api.extend(more).get('42'), given);

  expect(ours).toEqual(theirs);
  expect(ours.sent).toMatchObject([{ url: 'https://api.test/v1/users/42' }]);
  expect(seen.map(({ retry }) => retry)).toEqual([3, undefined]);
});

test('create: options are fresh, and the stack is the same', async () => {
  const network = scriptedFetch(status(503), status(503));
  const api = createClient({ fetch: network, headers: { a: '1' }, retry: 1, random: () => 0 });

  const error = await caught(() => api.create({ headers: { b: '2' } }).get(url));

  expect(error).toMatchObject({ attempts: 2 });
  for (const { headers } of network.sent) expect([headers.get('a'), headers.get('b')]).toEqual([null, '2']);
});

test('HTTPError: it has what it has with ky, and facts', async () => {
  const api = createClient({ fetch: scriptedFetch(() => Response.json({ reason: 'gone' }, { status: 410 })) });

  const error = await caught(() => api.get(url, { context: { a: 1 } }));

  expect(error).toBeInstanceOf(HTTPError);
  expect(error).toMatchObject({
    request: { url, method: 'GET' },
    response: { status: 410, bodyUsed: true },
    options: { context: { a: 1 } },
    data: { reason: 'gone' },
    code: 'HTTP_STATUS',
    status: 410,
    origin: 'https://api.test',
    attempts: 1,
    retryable: false,
    preview: '{"reason":"gone"}',
  });
});

test('HTTPError: printed, it shows neither query, header nor body, but for a preview without secrets', async () => {
  const answer = () => Response.json({ reason: 'gone', password: 'CANARY_body' }, { status: 410 });
  const api = createClient({ fetch: scriptedFetch(answer) });

  const error = await caught(() => api.get(`${url}?key=CANARY_query`, { headers: { 'x-key': 'CANARY_header' } }));

  expect(error).toMatchObject({ request: { url: `${url}?key=CANARY_query` }, data: { password: 'CANARY_body' } });
  expect(inspect(error, { depth: 9 })).toContain('gone');
  expect(`${inspect(error, { depth: 9 })}${JSON.stringify(error)}${error.stack}`).not.toContain('CANARY');
});

const noHooks: Hooks = { beforeRequest: [] };
const noErrorHooks: object = { beforeError: undefined };

test.each<[string, (api: KyInstance) => Promise<unknown>]>([
  ['of extend', (api) => api.extend({ hooks: replaceOption(noHooks) }).get(`${url}?key=CANARY`)],
  ['of extend, removed', (api) => api.extend({ hooks: noErrorHooks }).get(`${url}?key=CANARY`)],
  ['of create', (api) => api.create({ hooks: replaceOption(noHooks) }).get(`${url}?key=CANARY`)],
  ['of the call', (api) => api.get(`${url}?key=CANARY`, { hooks: replaceOption(noHooks) })],
])('HTTPError: replacing hooks takes neither its facts away nor shows the query: %s', async (_whose, act) => {
  const error = await caught(() => act(createClient({ fetch: scriptedFetch(status(404)) })));

  expect(error).toMatchObject({ code: 'HTTP_STATUS', status: 404 });
  expect(inspect(error)).not.toContain('CANARY');
});

test("isHTTPError, isKyError: ky's guards know an HTTPError; isBearingsError knows it as HTTP_STATUS", async () => {
  const theirs = await caught(() => ky.get(url, { fetch: scriptedFetch(status(404)), retry: 0 }));
  const ours = await caught(() => createClient({ fetch: scriptedFetch(status(404)) }).get(url));

  expect([isHTTPError(ours), isKyError(ours), isBearingsError(ours, 'HTTP_STATUS')]).toEqual([true, true, true]);
  expect(isBearingsError(theirs)).toBe(false);
});

test("TimeoutError, NetworkError: in their place are our errors, which ky's guards do not claim", async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(broken('ECONNREFUSED'), silent, silent), clock, retry: 0 });

  const refused = await caught(() => api.get(url));
  const late = caught(() => api.get(url, { timeout: 10 }));
  const tooLate = caught(() => api.get(url, { totalTimeout: 10 }));
  await clock.advance(10);

  const errors = [refused, await late, await tooLate];
  expect(errors).toMatchObject([
    { code: 'TRANSPORT', reason: 'ECONNREFUSED' },
    { code: 'ATTEMPT_TIMEOUT' },
    { code: 'DEADLINE_EXCEEDED' },
  ]);
  for (const error of errors)
    expect([isTimeoutError(error), isNetworkError(error), isKyError(error)]).not.toContain(true);
});
