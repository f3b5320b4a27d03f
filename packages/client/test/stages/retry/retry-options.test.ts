import { assert, integer, property } from 'fast-check';
import { virtualClock } from '@bearings/testing';
import { expect, test, vi } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { retryDelay } from '../../../src/stages/retry/retry-delay.ts';
import { defaultRetry } from '../../../src/stages/retry/retry-policy.ts';
import type { RetryEvent } from '../../../src/stages/retry/retry-policy.ts';
import { caught } from '../../caught.ts';
import { broken, ok, scriptedFetch, silent, status } from '../../scripted.ts';

const url = 'https://api.test/orders?secret=1';
const post = { method: 'POST', body: '{}' };
const sentHeaders = ({ sent }: ReturnType<typeof scriptedFetch>, name: string): (string | null)[] =>
  sent.map(({ headers }) => headers.get(name));

test('a POST is retried after 429 only', async () => {
  const network = scriptedFetch(status(429), status(503));
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  expect((await fetch(url, post)).status).toBe(503);
});

test('a POST with an idempotency key is retried with the same key', async () => {
  const network = scriptedFetch(broken('ECONNRESET'), status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0 });

  const response = await fetch(url, { ...post, headers: { 'Idempotency-Key': 'order 42' } });

  expect(response.status).toBe(200);
  expect(sentHeaders(network, 'idempotency-key')).toEqual(['order 42', 'order 42', 'order 42']);
});

test('the idempotency header can be renamed or disabled', async () => {
  const named = scriptedFetch(status(503), ok);
  const none = scriptedFetch(status(503));
  const headers = { 'x-once': '1', 'idempotency-key': '1' };

  const retry = { idempotencyHeader: 'x-once' };
  const again = await createClient({ fetch: named, random: () => 0, retry }).fetch(url, { ...post, headers });
  const once = await createClient({ fetch: none, retry: { idempotencyHeader: false } }).fetch(url, {
    ...post,
    headers,
  });

  expect([again.status, once.status]).toEqual([200, 503]);
});

test('generateIdempotencyKey adds a key to each POST, the same for all its attempts', async () => {
  const network = scriptedFetch(status(503), ok, status(503), ok);
  const { fetch } = createClient({ fetch: network, random: () => 0, retry: { generateIdempotencyKey: true } });

  await fetch(url, post);
  await fetch(url, post);
  const [first, second, third, fourth] = sentHeaders(network, 'idempotency-key');

  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect([second, fourth]).toEqual([first, third]);
  expect(third).not.toBe(first);
});

test('a key function is not called for a GET or a request that has a key', async () => {
  const network = scriptedFetch(ok, ok, ok);
  const generateIdempotencyKey = vi.fn(() => 'made');
  const { fetch } = createClient({ fetch: network, retry: { generateIdempotencyKey } });

  await fetch(url, post);
  await fetch(url, { ...post, headers: { 'idempotency-key': 'given' } });
  await fetch(url);

  expect(sentHeaders(network, 'idempotency-key')).toEqual(['made', 'given', null]);
  expect(generateIdempotencyKey).toHaveBeenCalledOnce();
});

test('attemptHeader adds the number of the retry', async () => {
  const asked = scriptedFetch(status(503), status(503), ok);
  const not = scriptedFetch(status(503), ok);

  await createClient({ fetch: asked, random: () => 0, retry: { attemptHeader: true } }).fetch(url);
  await createClient({ fetch: not, random: () => 0 }).fetch(url);

  expect(sentHeaders(asked, 'x-retry-attempt')).toEqual([null, '1', '2']);
  expect(sentHeaders(not, 'x-retry-attempt')).toEqual([null, null]);
});

test('onRetry gets the trigger, the delay, the method and the origin before each wait', async () => {
  const clock = virtualClock();
  const events: RetryEvent[] = [];
  const network = scriptedFetch(status(503), broken('ECONNRESET'), silent, ok);
  const retry = { limit: 3, onRetry: (event: RetryEvent) => void events.push(event) };
  const { fetch } = createClient({ fetch: network, clock, random: () => 1, timeout: 500, retry });

  const answer = fetch(url);
  await clock.advance(5_000);
  await answer;

  const same = { method: 'GET', origin: 'https://api.test' };
  expect(events).toEqual([
    { ...same, retry: 1, trigger: 503, delayMs: 100 },
    { ...same, retry: 2, trigger: 'transport', delayMs: 200, error: expect.objectContaining({ code: 'TRANSPORT' }) },
    {
      ...same,
      retry: 3,
      trigger: 'timeout',
      delayMs: 400,
      error: expect.objectContaining({ code: 'ATTEMPT_TIMEOUT' }),
    },
  ]);
});

test('errors that onRetry throws are ignored', async () => {
  const network = scriptedFetch(status(503), ok);
  const retry = {
    onRetry: () => {
      throw new Error('mine');
    },
  };

  expect((await createClient({ fetch: network, random: () => 0, retry }).fetch(url)).status).toBe(200);
});

test('a stream body is not retried, and the error says why', async () => {
  const network = scriptedFetch(broken('ECONNRESET'));
  const { fetch } = createClient({ fetch: network, random: () => 0 });
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('once'));
      controller.close();
    },
  });

  const error = await caught(() => fetch(url, { method: 'PUT', body, duplex: 'half' }));

  expect(error).toMatchObject({ code: 'TRANSPORT', retryable: false });
  expect(error.message).toContain('its body was a stream');
  expect(network.sent).toHaveLength(1);
});

test('without a decision of shouldRetry the table applies, and it is not called when a retry is unsafe', async () => {
  const network = scriptedFetch(status(503), ok, status(503));
  const shouldRetry = vi.fn(() => undefined);
  const { fetch } = createClient({ fetch: network, random: () => 0, retry: { shouldRetry } });

  const statuses = [(await fetch(url)).status, (await fetch(url, post)).status];

  expect(statuses).toEqual([200, 503]);
  expect(shouldRetry).toHaveBeenCalledOnce();
});

test('the wait is at least Retry-After, and at most a tenth or five seconds longer', () => {
  assert(
    property(integer({ min: 0, max: 60 }), integer({ min: 0, max: 999 }), (seconds, permille) => {
      const response = new Response(null, { status: 503, headers: { 'retry-after': `${seconds}` } });
      const client = { clock: virtualClock(), random: () => permille / 1_000 };

      const delayMs = retryDelay(defaultRetry, { response }, { retry: 1, client });

      expect(delayMs).toBeGreaterThanOrEqual(seconds * 1_000);
      expect(delayMs).toBeLessThanOrEqual(seconds * 1_000 + Math.min(seconds * 100, 5_000));
    }),
  );
});

test('without jitter the wait is exactly Retry-After', () => {
  const response = new Response(null, { status: 503, headers: { 'retry-after': '30' } });
  const client = { clock: virtualClock(), random: () => 0.9 };

  expect(retryDelay({ ...defaultRetry, jitter: false }, { response }, { retry: 1, client })).toBe(30_000);
});

test.each([Number.NaN, -1])('a delay function that returns %d means no delay', (answer) => {
  const client = { clock: virtualClock(), random: () => 0.5 };

  expect(retryDelay({ ...defaultRetry, delay: () => answer }, { error: 'x' }, { retry: 1, client })).toBe(0);
});

test('jitter is applied after the cap', () => {
  const waits = [0, 0.25, 0.999].map((share) =>
    retryDelay(defaultRetry, { error: 'x' }, { retry: 40, client: { clock: virtualClock(), random: () => share } }),
  );

  expect(waits).toEqual([0, 5_000, 19_980]);
});
