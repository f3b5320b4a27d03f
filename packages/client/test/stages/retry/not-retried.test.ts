import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import type { ClientOptions } from '../../../src/client-options.ts';
import { formatHttpError } from '../../../src/index.ts';
import { caught } from '../../caught.ts';
import { broken, ok, scriptedFetch, status, times } from '../../scripted.ts';
import type { Answer } from '../../scripted.ts';

const url = 'https://api.test/v1/orders/42?key=s3cret';

/** Calls that end without a further retry, by the reason. */
const cases: readonly [string, string, ClientOptions, RequestInit][] = [
  ['budget', 'the retry budget is used up', { retry: { budget: { ratio: 0, minPerSecond: 0 } } }, {}],
  ['method', 'An idempotency key allows retries', {}, { method: 'post' }],
  [
    'deadline',
    'would outlast totalTimeout',
    { timeout: 10, totalTimeout: 50, retry: { delay: () => 60, jitter: false } },
    {},
  ],
  ['limit', 'the limit of retries is reached', { retry: { limit: 1, delay: () => 0 } }, {}],
];

const failures: readonly [string, Answer][] = [
  ['a status', status(503)],
  ['a failed connection', broken('ECONNREFUSED')],
];

const endings = failures.flatMap(([what, answer]) =>
  cases.map(([notRetried, note, options, init]) => ({ what, answer, notRetried, note, options, init })),
);

test.each(endings)(
  'the error of $what says why it was not retried: $notRetried',
  async ({ notRetried, note, options, init, answer }) => {
    const api = createClient({ fetch: scriptedFetch(...times(2, answer)), ...options });

    const error = await caught(() => api(url, init));

    expect(error).toMatchObject({ notRetried });
    expect(error.message).toContain(note);
    expect(error.stack).toContain(note);
    expect(formatHttpError(error, 'order 42')).toContain(note);
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ notRetried });
  },
);

test.each(failures)('the error of %s says that a stream is not sent again', async (_what, answer) => {
  const api = createClient({ fetch: scriptedFetch(answer) });
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error('later')), type: 'bytes' });

  const error = await caught(() => api.put(url, { body: new Blob(['x'.repeat(2_000_000)]).stream(), headers: {} }));

  void body.cancel();
  expect(error).toMatchObject({ notRetried: 'body' });
  expect(formatHttpError(error, 'order 42')).toContain('can be sent only once');
});

test.each<[string, Answer, ClientOptions]>([
  ['a status that is not retried', status(404), {}],
  ['a call whose shouldRetry says no', status(503), { retry: { shouldRetry: () => false } }],
])('%s has no notRetried', async (_what, answer, options) => {
  const error = await caught(() => createClient({ fetch: scriptedFetch(answer), ...options }).get(url));

  expect(error).not.toHaveProperty('notRetried');
});

test('a call is not retried when the server asks for a longer wait than maxRetryAfter, and the error says so', async () => {
  const answer = status(429, { 'retry-after': '3600' });

  const error = await caught(() => createClient({ fetch: scriptedFetch(answer) }).get(url));

  expect(error).toMatchObject({ notRetried: 'retryAfter', attempts: 1 });
  expect(error.message).toContain('the server asks for a longer wait than retry.maxRetryAfter');
  expect(formatHttpError(error, 'order 42')).toContain('retry.maxRetryAfter');
});

test('without retries the error has the reason as a field, and its message does not repeat the setting', async () => {
  const error = await caught(() => createClient({ fetch: scriptedFetch(status(503)), retry: 0 }).get(url));

  expect(error).toMatchObject({ notRetried: 'limit' });
  expect(error.message).not.toContain('Not retried');
});

test('a 429 whose Retry-After is followed takes nothing from the budget, and one without takes a retry', async () => {
  const clock = virtualClock();
  const options = { clock, random: () => 0, retry: { budget: { ratio: 0, minPerSecond: 0.1 } } };
  const paced = scriptedFetch(...times(10, status(429, { 'retry-after': '1' })).flatMap((each) => [each, ok]));
  const api = createClient({ fetch: paced, ...options });
  const unpaced = createClient({ fetch: scriptedFetch(...times(4, status(429))), ...options });

  for (let count = 0; count < 10; count += 1) {
    const answer = api.get(url);
    await clock.advance(1_100);
    expect((await answer).status).toBe(200);
  }
  expect(await caught(() => unpaced.get(url))).toMatchObject({ attempts: 2, notRetried: 'budget' });
});
