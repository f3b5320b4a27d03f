import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { withCircuitBreaker } from '../src/index.ts';
import { virtualClock } from '@bearings/testing';
import { caught } from './caught.ts';
import { ok, scriptedFetch, status } from './scripted.ts';

const url = 'https://api.test/';
const never = new Promise<never>(() => {});

/** What a function of the user's may do instead of what it should. A lost rejection makes the test run fail. */
const misbehaviours: readonly [string, () => unknown][] = [
  [
    'throws',
    (): never => {
      throw new Error('bug of the listener');
    },
  ],
  ['rejects', () => Promise.reject(new Error('bug of the listener'))],
  ['answers with something else', () => 42],
  ['never answers', () => never],
];

test.each(misbehaviours)('a call is retried although onRetry %s', async (_name, onRetry) => {
  const network = scriptedFetch(status(503), ok);
  const api = createClient({ fetch: network, random: () => 0, retry: { onRetry } });

  expect((await api.get(url)).status).toBe(200);
});

test.each(misbehaviours)('calls go on although onStateChange of a circuit breaker %s', async (_name, onStateChange) => {
  const network = scriptedFetch(status(503), ok);
  const options = { minimumCalls: 1, failureRatio: 1, onStateChange };
  const api = createClient({ fetch: network, retry: 0, throwHttpErrors: false }, withCircuitBreaker(options));

  expect((await api.get(url)).status).toBe(503);
  expect(await caught(() => api.get(url))).toMatchObject({ code: 'CIRCUIT_OPEN' });
});

test.each([undefined, 42, 'two\nlines', ''])(
  'a generated idempotency key must be a header value, not %j',
  async (key) => {
    const generateIdempotencyKey = (): string => JSON.parse(JSON.stringify({ key })).key;
    const network = scriptedFetch(ok);
    const api = createClient({ fetch: network, retry: { generateIdempotencyKey } });

    const error = await caught(() => api.post(url));

    expect(error).toMatchObject({ code: 'CONFIG', field: 'retry.generateIdempotencyKey' });
    expect(network.sent).toHaveLength(0);
  },
);

test('a call whose shouldRetry never answers ends at its deadline and by its signal', async () => {
  const clock = virtualClock();
  const caller = new AbortController();
  const options = { clock, retry: { shouldRetry: () => never } };
  const timed = createClient({ fetch: scriptedFetch(status(503)), ...options, totalTimeout: 1_000 });
  const open = createClient({ fetch: scriptedFetch(status(503)), ...options });

  const late = caught(() => timed.get(url));
  const left = caught(() => open.get(url, { signal: caller.signal }));
  await clock.advance(1_000);
  caller.abort(new Error('user left'));

  expect(await late).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect((await left).message).toBe('user left');
});
