import { expect, test } from 'vitest';
import { createApi, range } from './api.ts';
import type { Api } from './api.ts';
import { createImmediateClock } from './immediate-clock.ts';

/** Answers each page first with these statuses and headers, then with two records; ten pages. */
const createThrottledApi = (answers: readonly { status: number; headers?: Record<string, string> }[]): Promise<Api> => {
  const asked = new Map<string, number>();
  return createApi(({ url }) => {
    const page = url.searchParams.get('page') ?? '';
    const count = asked.get(page) ?? 0;
    asked.set(page, count + 1);
    const throttled = answers[count];
    if (throttled !== undefined) return throttled;
    return { body: Number(page) > 10 ? [] : range(2, Number(page) * 2) };
  });
};

const source = { resources: [{ name: 'all', path: 'all', paging: { type: 'page' } }] };

test('429 with Retry-After on every page is slow, and not failed, even without retries', async () => {
  const clock = createImmediateClock();
  const throttled = { status: 429, headers: { 'retry-after': '7' } };
  await using api = await createThrottledApi([throttled, throttled, throttled, throttled]);

  const { error, events } = await api.pull({ ...source, retryLimit: 0 }, { clock });

  expect([error, await api.records()]).toEqual([undefined, range(20, 2)]);
  expect(clock.waits.filter((wait) => wait >= 7_000)).toHaveLength(4 * 11);
  expect(events.filter(({ type }) => type === 'throttled')[0]).toEqual({
    type: 'throttled',
    waitMs: 7_000,
    status: 429,
  });
});

test.each([
  ['429 without a header', { status: 429 }, 1_000],
  ['decimals', { status: 429, headers: { 'retry-after': '2.0' } }, 2_000],
  ['a date', { status: 429, headers: { 'retry-after': 'Fri, 06 Nov 2026 12:00:30 GMT' } }, 30_000],
  ['the reset of the limit', { status: 429, headers: { 'x-ratelimit-reset': '20' } }, 20_000],
  ['503 with Retry-After', { status: 503, headers: { 'retry-after': '3' } }, 3_000],
  ['403 with Retry-After', { status: 403, headers: { 'retry-after': '60' } }, 60_000],
  [
    '403 with nothing left',
    { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1793966430' } },
    30_000,
  ],
])('the wait is the one that the API asks for: %s', async (_what, answer, expected) => {
  const clock = createImmediateClock();
  await using api = await createThrottledApi([]);
  api.answer(({ count }) => (count === 1 ? answer : { body: [1] }));

  const { error, events } = await api.pull(
    { resources: [{ name: 'all', path: 'all', paging: { type: 'none' } }] },
    { clock },
  );

  expect([error, events.filter(({ type }) => type === 'throttled')]).toEqual([
    undefined,
    [{ type: 'throttled', waitMs: expected, status: answer.status }],
  ]);
});

test('503 and 403 without a word about waiting are failures', async () => {
  for (const status of [503, 403]) {
    await using api = await createThrottledApi([{ status }]);

    const { error } = await api.pull(source);

    expect(error?.message).toMatch(`answered ${status}`);
  }
});

test('a server that says 0 seconds for ever is asked more and more slowly, and the run ends', async () => {
  const clock = createImmediateClock();
  await using api = await createApi(() => ({ status: 429, headers: { 'retry-after': '0' } }));

  const { error } = await api.pull({ ...source, retryLimit: 5 }, { clock });

  expect(error?.details).toEqual([
    'The API asks for a wait of 0 seconds, which is more than spec.source.maxThrottleMs allows for one page',
    'kept: nothing yet',
  ]);
  expect(api.requests.length).toBeLessThan(700);
});

test('a wait that is longer than allowed ends the run at once, and the same command continues', async () => {
  const clock = createImmediateClock();
  await using api = await createThrottledApi([]);
  api.answer(({ count }) => (count < 3 ? { body: [count] } : { status: 429, headers: { 'retry-after': '86400' } }));

  const { error } = await api.pull(source, { clock });

  expect([api.requests.length, error?.details]).toEqual([
    3,
    [
      'The API asks for a wait of 86400 seconds, which is more than spec.source.maxThrottleMs allows for one page',
      'kept: 2 records of 2 pages; run the same command to continue',
    ],
  ]);
});

test('requestsPerSecond is kept by all resources together', async () => {
  const clock = createImmediateClock();
  await using api = await createApi(({ url }) => ({ body: [url.pathname] }));
  const resources = ['a', 'b', 'c', 'd'].map((name) => ({ name, path: name, paging: { type: 'none' } }));

  const { error } = await api.pull({ requestsPerSecond: 2, concurrency: 4, resources }, { clock });

  expect([error, clock.monotonic(), api.requests.length]).toEqual([undefined, 1_500, 4]);
});

test('a pause that one list was asked for holds for the others', async () => {
  const clock = createImmediateClock();
  await using api = await createApi(({ url, count }) =>
    count === 1 ? { status: 429, headers: { 'retry-after': '9' } } : { body: [url.pathname] },
  );
  const resources = ['a', 'b'].map((name) => ({ name, path: name, paging: { type: 'none' } }));

  const { error } = await api.pull({ requestsPerSecond: 1, concurrency: 2, resources }, { clock });

  expect([error, clock.monotonic() >= 9_000, api.requests.length]).toEqual([undefined, true, 3]);
});

test('with concurrency, so many lists are pulled at the same time, and no more', async () => {
  let open = 0;
  const most: number[] = [];
  const three = Promise.withResolvers<void>();
  await using api = await createApi(async ({ url }) => {
    open += 1;
    most.push(open);
    if (open === 3) three.resolve();
    await three.promise;
    open -= 1;
    return { body: url.searchParams.get('page') === '3' ? [] : [url.href] };
  });
  const resources = range(6).map((n) => ({ name: `list-${n}`, path: `list-${n}`, paging: { type: 'page' } }));

  const { error } = await api.pull({ concurrency: 3, resources });

  expect([error, Math.max(...most), new Set(await api.records()).size]).toEqual([undefined, 3, 12]);
});

test('a run that waits is stopped at once', async () => {
  const stop = new AbortController();
  await using api = await createApi(() => {
    setImmediate(() => stop.abort());
    return { status: 429, headers: { 'retry-after': '3000' } };
  });

  const { error } = await api.pull(source, { signal: stop.signal });

  expect([error?.code, error?.details]).toEqual(['ABORTED', ['kept: nothing yet']]);
});
