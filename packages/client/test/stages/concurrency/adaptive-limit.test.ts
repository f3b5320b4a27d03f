import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import type { ConcurrencyOptions } from '../../../src/stages/concurrency/concurrency-limit.ts';
import { caught } from '../../caught.ts';

const url = 'https://api.test/';

/** A server that answers `capacity` requests at once in 100 ms, and the rest with 503. */
function scene(capacity: number, options: ConcurrencyOptions) {
  const clock = virtualClock();
  const counts = { now: 0, most: 0, refused: 0, answered: 0 };
  const network: typeof globalThis.fetch = async () => {
    counts.now += 1;
    counts.most = Math.max(counts.most, counts.now);
    const isRefused = counts.now > capacity;
    await new Promise<void>((resolve) => clock.schedule(100, resolve));
    counts.now -= 1;
    counts[isRefused ? 'refused' : 'answered'] += 1;
    return new Response(null, { status: isRefused ? 503 : 200 });
  };
  const client = createClient({ fetch: network, clock, random: () => 0, retry: 0, concurrency: options });
  const run = async (calls: number, forMs: number): Promise<void> => {
    const all = Promise.all(Array.from({ length: calls }, () => client.fetch(url)));
    await clock.advance(forMs);
    await all;
  };
  return { client, clock, counts, run };
}

test('the limit begins at ten calls, and grows while they succeed and others wait', async () => {
  const { counts, run } = scene(1_000, { adaptive: true });

  await run(10, 100);
  const first = counts.most;
  await run(500, 5_000);

  expect(first).toBe(10);
  expect(counts.most).toBeGreaterThan(20);
});

test.each([undefined, 1_000, Infinity])('the limit is found also when limitPerOrigin is %s', async (limitPerOrigin) => {
  const { counts, run } = scene(1_000, { adaptive: true, limitPerOrigin });

  await run(500, 100_000);

  expect(counts.most).toBeLessThan(100);
});

test('a limit that nothing reaches stays as it is', async () => {
  const { counts, run } = scene(1_000, { adaptive: true });

  for (let count = 0; count < 200; count += 1) await run(5, 100);
  counts.most = 0;
  await run(40, 400);

  expect(counts.most).toBeLessThan(16);
});

test('the limit stays near what the server can take, also one that refuses all that come while it has too many', async () => {
  const { counts, run } = scene(20, { adaptive: true });

  await run(3_000, 60_000);

  expect(counts.most).toBeLessThanOrEqual(22);
  expect(counts.refused).toBeLessThan(counts.answered / 4);
});

test('a burst of failures lowers the limit once, by a quarter', async () => {
  const { client, clock, counts, run } = scene(0, { adaptive: true });
  await run(10, 100);
  counts.most = 0;

  const next = Promise.all(Array.from({ length: 20 }, () => client.fetch(url)));
  await clock.advance(0);
  const most = counts.most;
  await clock.advance(10_000);
  await next;

  expect(most).toBe(7);
});

test('the limit is at least one and at most limitPerOrigin', async () => {
  const broken = scene(0, { adaptive: true });
  const small = scene(1_000, { adaptive: true, limitPerOrigin: 4 });

  for (let round = 0; round < 20; round += 1) await broken.run(1, 100);
  broken.counts.most = 0;
  await broken.run(5, 500);
  await small.run(200, 10_000);

  expect([broken.counts.most, small.counts.most]).toEqual([1, 4]);
});

test('a failed attempt that is retried lowers the limit, and an aborted call does not', async () => {
  const clock = virtualClock();
  let sent = 0;
  const network: typeof globalThis.fetch = async (_input, init) => {
    sent += 1;
    if (sent <= 10) return new Response(null, { status: 503 });
    return new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
    });
  };
  const { fetch } = createClient({ fetch: network, clock, random: () => 0, retry: 1, concurrency: { adaptive: true } });
  const controller = new AbortController();

  const all = Array.from({ length: 10 }, () => caught(() => fetch(url, { signal: controller.signal })));
  await clock.advance(5_000);
  const retried = sent - 10;
  controller.abort(new Error('enough'));
  await Promise.all(all);
  const again = Array.from({ length: 10 }, () => fetch(url).catch(() => {}));
  await clock.settle();

  expect(retried).toBe(7);
  expect(sent - 10 - retried).toBe(7);
  void again;
});
