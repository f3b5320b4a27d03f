import { isBearingsError } from '../../src/errors/index.ts';
import { virtualClock } from '@bearings/testing';
import type { Options } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { serve, readBody } from '../loopback.ts';
import { scriptedFetch, silent, status } from '../scripted.ts';
import { transports } from '../sockets/transports.ts';

const url = 'https://api.test/';

/** The options of another call, and some beside: `{ ...options, json }`. ky's types allow no `undefined`, and give some. */
function reuseOptions(options: object, more: Options = {}): Options {
  return Object.assign({}, options, more);
}

interface Seen {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly body: string;
}

/** Answers `/fails` with 403 and all else with 200, and keeps what it was sent. */
async function server(): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const { origin } = await serve(async (request, response) => {
    seen.push({ method: request.method, path: request.url, body: await readBody(request) });
    response.writeHead(request.url === '/fails' ? 403 : 200).end(`answer of ${request.url}`);
  });
  return { origin, seen };
}

test.each(transports)(
  'a call made in afterResponse with the options of the first sends its own body %s',
  async (_, create) => {
    const { origin, seen } = await server();
    const api: Client = create({ baseUrl: origin }).extend({
      hooks: {
        afterResponse: [
          async ({ request, options }) => {
            if (!request.url.endsWith('/a')) return;
            await api.post('b', reuseOptions(options, { json: { token: 'new' } }));
            await api.post('c', reuseOptions(options, { body: 'other' }));
          },
        ],
      },
    });

    await api.post('a', { json: { token: 'old' } });

    expect(seen.map(({ path, body }) => [path, body])).toEqual([
      ['/a', '{"token":"old"}'],
      ['/b', '{"token":"new"}'],
      ['/c', 'other'],
    ]);
  },
);

test.each(transports)('a call made with the options of a caught error is a call of its own %s', async (_, create) => {
  const { origin, seen } = await server();
  const api = create({ baseUrl: origin });
  const hooked = api.extend({ hooks: { beforeError: [({ error }) => error] } });

  for (const client of [api, hooked]) {
    const error = await caught(() => client.post('fails', { json: { first: true } }));
    const options = isBearingsError(error, 'HTTP_STATUS') ? error.options : {};
    const answers = [
      await client('b', reuseOptions({ ...options, body: undefined }, { method: 'get' })).text(),
      await client.post('c', reuseOptions(options, { json: { reported: 1 } })).text(),
      await client.post('d', reuseOptions(options)).text(),
    ];
    expect(answers).toEqual(['answer of /b', 'answer of /c', 'answer of /d']);
  }

  expect(seen.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual(
    [1, 2].flatMap(() => ['POST /fails {"first":true}', 'GET /b ', 'POST /c {"reported":1}', 'POST /d {"first":true}']),
  );
});

test('a report sent from beforeError has its own body', async () => {
  const network = scriptedFetch(status(500), status(200));
  const api: Client = createClient({ fetch: network, retry: 0 }).extend({
    hooks: {
      beforeError: [
        async ({ error }) => {
          if (isBearingsError(error, 'HTTP_STATUS'))
            await api.post(`${url}log`, reuseOptions(error.options, { json: { reported: 1 }, hooks: {} }));
          return error;
        },
      ],
    },
  });

  await caught(() => api.post(url, { json: { first: true } }));

  expect(network.sent.map(({ url: to, body }) => [to, body])).toEqual([
    [url, '{"first":true}'],
    [`${url}log`, '{"reported":1}'],
  ]);
});

test('a signal, a timeout and retries beside the options of another call are heard', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(status(200), silent, silent, silent, silent);
  let kept = {};
  const api = createClient({ fetch: network, clock, random: () => 0 }).extend({
    hooks: { afterResponse: [({ options }) => void (kept = { ...options })] },
  });
  await api.get(url, { retry: 1 });

  const aborted = await caught(() => api.get(url, { ...kept, signal: AbortSignal.abort(new Error('user left')) }));
  const late = caught(() => api.get(url, { ...kept, timeout: 300 }));
  await clock.advance(600);
  const lone = caught(() => api.get(url, { ...kept, timeout: 300, retry: 0 }));
  await clock.advance(300);

  expect(aborted.message).toBe('user left');
  expect(await late).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 300 });
  expect(await lone).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 300 });
  expect(network.sent.length).toBe(1 + 2 + 1);
});

test("the caller's signal goes along with the options of a call, and an option of an error prints no secret", async () => {
  const caller = new AbortController();
  const network = scriptedFetch(status(403));
  const api = createClient({ fetch: network }).extend({ hooks: { beforeError: [({ error }) => error] } });

  const error = await caught(() => api.get(url, { signal: caller.signal }));
  const options = isBearingsError(error, 'HTTP_STATUS') ? error.options : {};
  caller.abort(new Error('user left'));

  expect((await caught(() => api.get(url, reuseOptions(options)))).message).toBe('user left');
});

test.each([
  ['a number', 5, 5],
  ['options', { limit: 1, methods: ['get'] }, 1],
  ['none', undefined, 3],
] as const)('hooks and errors see the retry options of the call: %s', async (_, retry, limit) => {
  const seen: unknown[] = [];
  const network = scriptedFetch(status(403), status(403));
  const plain = createClient({ fetch: network, retry: 3 });
  const hooked = plain.extend({
    hooks: {
      beforeRequest: [({ options }) => void seen.push(options.retry.limit)],
      afterResponse: [({ options }) => void seen.push(options.retry.limit)],
      beforeError: [({ error, options }) => (seen.push(options.retry.limit), error)],
    },
  });
  const given =
    retry === undefined ? {} : { retry: typeof retry === 'number' ? retry : { ...retry, methods: [...retry.methods] } };

  for (const api of [plain, hooked]) {
    const error = await caught(() => api.get(url, given));
    seen.push(isBearingsError(error, 'HTTP_STATUS') && error.options.retry.limit);
  }

  expect(seen).toEqual([limit, limit, limit, limit, limit]);
});
