import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { withCircuitBreaker } from '../src/stages/circuit-breaker/circuit-breaker.ts';
import { caught } from './caught.ts';
import { ok, scriptedFetch, silent, status, times } from './scripted.ts';

const url = 'https://api.test/v1?key=secret';

test('the status counts calls, calls in flight and retries', async () => {
  const clock = virtualClock();
  const fetch = scriptedFetch(status(503), ok, silent);
  const client = createClient({ fetch, clock, random: () => 0 });
  expect(client.status()).toEqual({ calls: 0, inFlight: 0, retries: 0 });

  const first = client.fetch(url);
  await clock.advance(60_000);
  await first;
  const abort = new AbortController();
  const second = caught(() => client.fetch(url, { signal: abort.signal }));

  await expect.poll(() => client.status()).toEqual({ calls: 2, inFlight: 1, retries: 1 });
  abort.abort();
  await second;
  expect(client.status()).toEqual({ calls: 2, inFlight: 0, retries: 1 });
});

test('the status has the circuit of each origin: its state, its next probe, and how many calls it refused', async () => {
  const clock = virtualClock();
  const fetch = scriptedFetch(status(503), ok, ok);
  const breaker = withCircuitBreaker({ failureRatio: 1, minimumCalls: 1, openMs: 5_000 });
  const client = createClient({ fetch, clock, retry: 0 }, breaker);

  await client.fetch(url);
  await caught(() => client.fetch(url));
  await client.fetch('https://other.test/');

  expect(client.status().circuits).toEqual([
    { origin: 'https://api.test', state: 'open', refused: 1, retryAt: clock.now() + 5_000 },
    { origin: 'https://other.test', state: 'closed', refused: 0 },
  ]);
  await clock.advance(5_000);
  await client.fetch(url);
  expect(client.status().circuits?.at(-1)).toEqual({ origin: 'https://api.test', state: 'closed', refused: 1 });
  expect(JSON.stringify(client.status())).not.toContain('secret');
});

test('two clients with the same circuit breaker layer have circuits of their own', async () => {
  const breaker = withCircuitBreaker({ failureRatio: 1, minimumCalls: 1 });
  const broken = createClient({ fetch: scriptedFetch(status(503)), retry: 0 }, breaker);
  const healthy = createClient({ fetch: scriptedFetch(ok), retry: 0 }, breaker);

  await broken.fetch(url);
  await healthy.fetch(url);

  expect(broken.status().circuits).toMatchObject([{ state: 'open' }]);
  expect(healthy.status().circuits).toMatchObject([{ state: 'closed' }]);
});

test('the status of a client with a concurrency limit has the queue', async () => {
  const concurrency = { limit: 1, queue: 5 };
  const client = createClient({ fetch: scriptedFetch(...times(3, silent)), concurrency });
  const abort = new AbortController();
  const calls = [1, 2, 3].map(() => caught(() => client.fetch(url, { signal: abort.signal })));

  await expect.poll(() => client.status()).toMatchObject({ inFlight: 3, queue: { waiting: 2, limit: 5 } });
  abort.abort();
  await Promise.all(calls);
  expect(client.status()).toMatchObject({ inFlight: 0, queue: { waiting: 0, limit: 5 } });
});
