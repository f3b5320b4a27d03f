import { virtualClock } from '@bearings/testing';
import { isHTTPError, isNetworkError, isTimeoutError } from 'ky';
import ky from 'ky';
import type { KyInstance, Options } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { ClientOptions } from '../../src/client-options.ts';
import { besideKy } from './beside-ky.ts';
import { caught } from '../caught.ts';
import { broken, ok, scriptedFetch, silent, status, stuck, times } from '../scripted.ts';
import type { Answer } from '../scripted.ts';

const url = 'https://api.test/v1/orders';
const atOnce = { limit: 1, delay: () => 0 };

interface Scene extends ClientOptions {
  readonly script?: readonly Answer[];
  readonly call?: Options;
}

/** When the attempts of one call were made, in milliseconds from its start. Nothing is left to chance. */
async function attemptsAt({
  script = times(9, status(503)),
  call = {},
  ...options
}: Scene): Promise<readonly number[]> {
  const clock = virtualClock();
  const network = scriptedFetch(...script);
  const attempts: number[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    attempts.push(clock.monotonic());
    return network(input, init);
  };
  const api = createClient({ random: () => 1, ...options, fetch, clock });
  const settled = Promise.allSettled([api.get(url, call)]);
  await clock.advance(24 * 3_600_000);
  await settled;
  return attempts;
}

test('throwHttpErrors: true, false and a function say what is thrown, as with ky', async () => {
  const cases: readonly NonNullable<Options['throwHttpErrors']>[] = [
    true,
    false,
    (code) => code !== 404,
    (code) => code !== 410,
  ];
  for (const throwHttpErrors of cases) {
    const script = [status(404, {}, 'no such order')];
    const { theirs, ours } = await besideKy((api) => api.get(url, { throwHttpErrors }), { script });

    expect(ours).toEqual(theirs);
  }
});

test('throwHttpErrors: false does not switch retries off, as it does with ky', async () => {
  const script = [status(503), ok];
  const { theirs, ours } = await besideKy((api) => api.get(url, { throwHttpErrors: false }), { script, retry: atOnce });

  expect(theirs).toMatchObject({ answer: { status: 503 } });
  expect(ours).toMatchObject({ answer: { status: 200 } });
});

test.each<[string, number, (api: KyInstance) => Promise<unknown>]>([
  ['an object of the client', 2, (api) => api.get(url)],
  ['an object of the call', 3, (api) => api.get(url, { retry: { limit: 2 } })],
  ['an object of extend', 3, (api) => api.extend({ retry: { limit: 2 } }).get(url)],
  ['a number of the call', 1, (api) => api.get(url, { retry: 0 })],
  ['a number of extend', 1, (api) => api.extend({ retry: 0 }).get(url)],
])('retry: %s says how many attempts there are after the first, as with ky', async (_form, attempts, act) => {
  const { theirs, ours } = await besideKy(act, { script: [...times(3, broken('ECONNRESET')), ok], retry: atOnce });

  expect([theirs.sent, ours.sent].map(({ length }) => length)).toEqual([attempts, attempts]);
});

test('retry: wrong options throw at once, as with ky, and are CONFIG', () => {
  const ours = createClient({ fetch: scriptedFetch() });
  const theirs = ky.create({ fetch: scriptedFetch() });
  const wrong = { retry: { limit: -1 } };

  expect(() => void theirs.get(url, wrong)).toThrow('retry.limit');
  expect(() => void ours.get(url, wrong)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
});

test('retry: an object of the call changes what it names, and leaves the limit as it was', async () => {
  const at = await attemptsAt({ retry: 3, call: { retry: { delay: () => 10 } } });

  expect(at).toEqual([0, 10, 20, 30]);
});

test('retry: a number of the call changes the limit alone, where ky forgets what else was set', async () => {
  const given = { script: [status(418), ok], retry: { ...atOnce, statusCodes: [418] } };
  const { theirs, ours } = await besideKy((api) => api.get(url, { retry: 1 }), given);

  expect([theirs.sent, ours.sent].map(({ length }) => length)).toEqual([1, 2]);
});

test('retry: a budget stops what would multiply an outage', async () => {
  const at = await attemptsAt({ retry: { limit: 8, budget: { ratio: 0, minPerSecond: 0.2 } } });

  expect(at).toHaveLength(1 + 2);
});

test.each([-1, 1.5, Number.NaN, Infinity])(
  'retry: a limit of %d is rejected, and the error names the option',
  async (limit) => {
    const error = await caught(() => createClient({ fetch: scriptedFetch() }).get(url, { retry: limit }));

    expect(error).toMatchObject({ code: 'CONFIG', field: 'retry.limit' });
  },
);

test.each([null, '3'])('retry: %j is a wrong option', async (wrong) => {
  const options: object = { retry: wrong };

  expect(await caught(() => createClient(options))).toMatchObject({ code: 'CONFIG' });
});

test('retry.methods: by default those of ky', async () => {
  const shouldRetryByPolicy = async (method: string): Promise<readonly boolean[]> => {
    const given = { script: [status(503), status(200)], retry: atOnce };
    const { theirs, ours } = await besideKy((api) => api(url, { method }), given);
    return [theirs.sent.length === 2, ours.sent.length === 2];
  };

  for (const method of ['get', 'put', 'head', 'delete', 'options', 'query']) {
    expect([method, ...(await shouldRetryByPolicy(method))]).toEqual([method, true, true]);
  }
  for (const method of ['post', 'patch'])
    expect([method, ...(await shouldRetryByPolicy(method))]).toEqual([method, false, false]);
});

test('retry.methods: a POST is tried again after a 429, and after anything with an idempotency key', async () => {
  const network = scriptedFetch(status(429), ok, status(503), ok);
  const api = createClient({ fetch: network, random: () => 0 });

  const refused = await api.post(url, { json: {} });
  const keyed = await api.post(url, { json: {}, headers: { 'idempotency-key': '"8e03978e"' } });

  expect([refused.status, keyed.status]).toEqual([200, 200]);
});

test('retry.methods: a list of the call takes the place of the list of createClient, where ky joins the two', async () => {
  const given = { script: [status(503), ok], retry: { ...atOnce, methods: ['get' as const] } };
  const { theirs, ours } = await besideKy((api) => api.get(url, { retry: { methods: ['put'] } }), given);

  expect([theirs.sent, ours.sent].map(({ length }) => length)).toEqual([2, 1]);
});

test('retry.statusCodes: by default those of ky but for 413', async () => {
  const retried: number[] = [];
  for (const code of [400, 401, 408, 409, 413, 425, 429, 500, 501, 502, 503, 504]) {
    const at = await attemptsAt({ script: [status(code, { 'retry-after': '1' }), ok] });
    if (at.length === 2) retried.push(code);
  }

  expect(retried).toEqual([408, 429, 500, 502, 503, 504]);
});

test('retry.statusCodes: a 413 that is listed is tried again without a Retry-After too', async () => {
  const given = { script: [status(413), ok], retry: { ...atOnce, statusCodes: [413] } };
  const { theirs, ours } = await besideKy((api) => api.get(url), given);

  expect([theirs.sent, ours.sent].map(({ length }) => length)).toEqual([1, 2]);
});

test('retry.delay, retry.backoffLimit: 100 ms, doubling, and never above 20 s', async () => {
  const at = await attemptsAt({ retry: { limit: 10, jitter: false } });
  const waits = at.slice(1).map((each, index) => each - (at[index] ?? 0));

  expect(waits.slice(0, 8)).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800]);
  expect(await attemptsAt({ retry: { limit: 2, jitter: false, delay: () => 50_000 } })).toEqual([0, 20_000, 40_000]);
});

test('retry.delay, retry.backoffLimit: a function of the own gets the number of the retry, from 1', async () => {
  const at = await attemptsAt({ retry: { limit: 3, jitter: false, delay: (retry) => retry * 10, backoffLimit: 25 } });

  expect(at).toEqual([0, 10, 30, 55]);
});

test('retry.jitter: by default anything from 0 to the delay; false is none, and a function makes its own', async () => {
  const retry = { limit: 1, delay: () => 100 };

  expect(await attemptsAt({ retry, random: () => 0.3 })).toEqual([0, 30]);
  expect(await attemptsAt({ retry: { ...retry, jitter: false } })).toEqual([0, 100]);
  expect(await attemptsAt({ retry: { ...retry, jitter: (delay) => delay + 1 } })).toEqual([0, 101]);
  expect(await attemptsAt({ retry: { ...retry, jitter: () => Number.NaN } })).toEqual([0, 100]);
});

test('retry.retryOnTimeout: an attempt that timed out is tried again, unless it says false', async () => {
  const given = { script: [silent, silent], timeout: 500, random: () => 0 };

  expect(await attemptsAt({ ...given, retry: 1 })).toEqual([0, 500]);
  expect(await attemptsAt({ ...given, retry: { limit: 1, retryOnTimeout: false } })).toEqual([0]);
});

test('retry.shouldRetry: true and false hold, undefined leaves it to the rest, as with ky', async () => {
  for (const verdict of [true, false, undefined]) {
    for (const code of [404, 503]) {
      const retry = { ...atOnce, shouldRetry: () => verdict };
      const { theirs, ours } = await besideKy((api) => api.get(url), { script: [status(code), ok], retry });

      expect(ours).toEqual(theirs);
    }
  }
});

test('retry.shouldRetry: it is not asked beyond the limit, nor about a method that is not retried', async () => {
  let asked = 0;
  const retry = { ...atOnce, shouldRetry: () => (asked += 1) > 0 };
  const act = async (api: KyInstance) => {
    await api.get(url, { retry: 0, throwHttpErrors: (code) => code !== 404 });
    await api.post(url);
  };

  const { ours } = await besideKy(act, { script: [status(404), status(503)], retry });

  expect([ours.sent.length, asked]).toEqual([2, 0]);
});

test('retry.shouldRetry: it is asked about an HTTPError without its data, and about our errors for the rest', async () => {
  const seen: unknown[] = [];
  const shouldRetry = ({ error, retryCount }: { error: Error; retryCount: number }): undefined => {
    seen.push([
      error.name,
      retryCount,
      isHTTPError(error) && error.data,
      isTimeoutError(error) || isNetworkError(error),
    ]);
  };
  await attemptsAt({
    script: [status(503, {}, 'text'), silent, broken('ECONNRESET'), ok],
    retry: { limit: 3, shouldRetry },
  });

  expect(seen).toEqual([
    ['HTTPError', 1, undefined, false],
    ['AttemptTimeoutError', 2, false, false],
    ['TransportError', 3, false, false],
  ]);
});

test('retry.shouldRetry: what it reads of the response is there for the caller as well', async () => {
  const readAll = async ({ error }: { error: Error }): Promise<false> => {
    if (isHTTPError(error)) await error.response.text();
    return false;
  };
  const { fetch } = createClient({
    fetch: scriptedFetch(status(404, {}, 'no such order')),
    retry: { shouldRetry: readAll },
  });

  const response = await fetch(url);

  expect(await response.text()).toBe('no such order');
});

test('Retry-After: it is the wait, with up to a tenth on top; a malformed one leaves it to the backoff', async () => {
  const asked = (after: string) => ({ script: [status(429, { 'retry-after': after }), ok] });

  expect(await attemptsAt({ ...asked('7') })).toEqual([0, 7_700]);
  expect(await attemptsAt({ ...asked('7'), random: () => 0 })).toEqual([0, 7_000]);
  expect(await attemptsAt({ ...asked('7'), retry: { jitter: false } })).toEqual([0, 7_000]);
  expect(await attemptsAt({ ...asked('soon') })).toEqual([0, 100]);
});

test('Retry-After: it is read for afterStatusCodes, 413, 429 and 503, as with ky', async () => {
  const script = [status(500, { 'retry-after': '7' }), ok];
  const retry = { jitter: false };

  expect(await attemptsAt({ script, retry })).toEqual([0, 100]);
  expect(await attemptsAt({ script, retry: { ...retry, afterStatusCodes: [500] } })).toEqual([0, 7_000]);
});

test('RateLimit-Reset: it and its X- forms are the wait after a 429 without Retry-After', async () => {
  for (const name of ['ratelimit-reset', 'x-ratelimit-retry-after', 'x-ratelimit-reset', 'x-rate-limit-reset']) {
    expect(await attemptsAt({ script: [status(429, { [name]: '7' }), ok] })).toEqual([0, 7_700]);
  }

  const both = { 'ratelimit-reset': '7', 'retry-after': '3' };
  expect(await attemptsAt({ script: [status(429, both), ok] })).toEqual([0, 3_300]);
  expect(await attemptsAt({ script: [status(429, { ...both, 'retry-after': 'soon' }), ok] })).toEqual([0, 100]);
});

test('RateLimit-Reset: it says nothing after another status, such as 503; with ky it is the wait', async () => {
  expect(await attemptsAt({ script: [status(503, { 'ratelimit-reset': '7' }), ok] })).toEqual([0, 100]);
});

test('retry.maxRetryAfter: no retry after a longer wait than a minute, or than it says; ky retries earlier than asked', async () => {
  const asked = (after: string) => [status(429, { 'retry-after': after }), ok];
  const retry = { jitter: false, maxRetryAfter: 120_000 };

  expect(await attemptsAt({ script: asked('60'), retry: { jitter: false } })).toEqual([0, 60_000]);
  expect(await attemptsAt({ script: asked('61'), retry: { jitter: false } })).toEqual([0]);
  expect(await attemptsAt({ script: asked('120'), retry })).toEqual([0, 120_000]);
  expect(await attemptsAt({ script: asked('121'), retry })).toEqual([0]);
});

test('timeout: 30 s for each attempt, until the head', async () => {
  const at = await attemptsAt({ script: times(3, silent), random: () => 0 });

  expect(at).toEqual([0, 30_000, 60_000]);
});

test('timeout: it does not limit a slow body; bodyTimeout limits the pauses of the body', async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(stuck), clock, timeout: 500, bodyTimeout: 2_000 });

  const failure = caught(() => api.get(url).text());
  await clock.advance(1_999);
  const waits = clock.pending;
  await clock.advance(1);

  expect(waits).toBe(1);
  expect(await failure).toMatchObject({ code: 'BODY_TIMEOUT', budgetMs: 2_000 });
});

test('timeout: beyond what setTimeout takes it is kept, not refused', async () => {
  const { theirs, ours } = await besideKy((api) => api.get(url, { timeout: 2 ** 31 }));

  expect(theirs.answer).toMatchObject({ threw: 'RangeError' });
  expect(ours.answer).toMatchObject({ status: 200 });
});

test('totalTimeout: it covers attempts, waits and the body, and the error has the last failure as its cause', async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(broken('ECONNRESET'), stuck), clock, random: () => 1 });

  const failure = caught(() => api.get(url, { totalTimeout: 1_000 }).text());
  await clock.advance(1_000);

  expect(await failure).toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    phase: 'body',
    attempts: 2,
    cause: { reason: 'ECONNRESET' },
  });
});

test('totalTimeout: a wait that would outlast it is not begun; ky waits, and loses the answer', async () => {
  const clock = virtualClock();
  const fetch = scriptedFetch(status(429, { 'retry-after': '10' }, 'slow down'));

  const error = await caught(() => createClient({ fetch, clock }).get(url, { totalTimeout: 10_000 }));

  expect(error).toMatchObject({ code: 'HTTP_STATUS', status: 429, data: 'slow down' });
  expect(clock.monotonic()).toBe(0);
});

test("totalTimeout: when it ends while an error's body is read, the error is that of the deadline", async () => {
  const clock = virtualClock();
  const hanging: Answer = async (request, signal) => new Response((await stuck(request, signal)).body, { status: 404 });

  const failure = caught(() =>
    createClient({ fetch: scriptedFetch(hanging), clock }).get(url, { totalTimeout: 1_000 }),
  );
  await clock.advance(1_000);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', phase: 'body', budgetMs: 1_000 });
});

test('totalTimeout: it covers hooks and parseJson, as with ky', async () => {
  const clock = virtualClock();
  const never = (): Promise<never> => new Promise(() => {});
  const api = createClient({ fetch: scriptedFetch(ok), clock });

  const failures = [
    caught(() => api.get(url, { totalTimeout: 100, hooks: { beforeRequest: [never] } })),
    caught(() => api.get(url, { totalTimeout: 100, parseJson: never }).json()),
  ];
  await clock.advance(100);

  expect(await Promise.all(failures)).toMatchObject([{ code: 'DEADLINE_EXCEEDED' }, { code: 'DEADLINE_EXCEEDED' }]);
});

test('totalTimeout: 0 is a wrong option; with ky the call times out at once', async () => {
  const { theirs, ours } = await besideKy((api) => api.get(url, { totalTimeout: 0 }));

  expect(theirs.answer).toMatchObject({ threw: 'TimeoutError' });
  expect(ours.answer).toMatchObject({ threw: 'ConfigError' });
});

test('totalTimeout: a timeout of the same call that is longer is a wrong option', async () => {
  const { theirs, ours } = await besideKy((api) => api.get(url, { timeout: 5_000, totalTimeout: 100 }));

  expect(theirs.answer).toMatchObject({ status: 200 });
  expect(ours.answer).toMatchObject({ threw: 'ConfigError' });
});
