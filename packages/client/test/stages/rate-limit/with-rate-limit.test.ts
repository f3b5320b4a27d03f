import { virtualClock } from '@bearings/testing';
import { array, assert, asyncProperty, integer } from 'fast-check';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import type { ClientOptions } from '../../../src/client-options.ts';
import { RollingWindow } from '../../../src/stages/rate-limit/rolling-window.ts';
import { withRateLimit } from '../../../src/stages/rate-limit/with-rate-limit.ts';
import type { RateLimitOptions } from '../../../src/stages/rate-limit/with-rate-limit.ts';
import { caught } from '../../caught.ts';
import { ok, status } from '../../scripted.ts';
import type { Answer } from '../../scripted.ts';

const url = 'https://api.test/';

interface Scene {
  readonly limit?: RateLimitOptions;
  readonly client?: ClientOptions;
  readonly script?: readonly Answer[];
}

/** A client with a rate limit, and a network that notes when it was asked. Past its script it answers 200. */
function scene({ limit = {}, client = {}, script = [] }: Scene = {}) {
  const clock = virtualClock();
  const startedAt = clock.monotonic();
  const sentAt: number[] = [];
  const network: typeof globalThis.fetch = async (input, init) => {
    const answer = script[sentAt.length] ?? ok;
    sentAt.push(clock.monotonic() - startedAt);
    return answer(new Request(input, init), new AbortController().signal);
  };
  const made = createClient({ fetch: network, clock, random: () => 0, retry: 0, ...client }, withRateLimit(limit));
  return { fetch: made.fetch, client: made, clock, sentAt };
}

const many = (count: number, act: () => Promise<Response>): Promise<readonly Response[]> =>
  Promise.all(Array.from({ length: count }, act));

test('requests beyond the limit wait for the next window, in their order, and all are sent', async () => {
  const { fetch, clock, sentAt } = scene({ limit: { limit: 2, perMs: 1_000 } });

  const answers = many(5, () => fetch(url));
  await clock.advance(2_000);

  expect((await answers).map((answer) => answer.status)).toEqual([200, 200, 200, 200, 200]);
  expect(sentAt).toEqual([0, 0, 1_000, 1_000, 2_000]);
});

test('no window has more requests than the limit, however they come', async () => {
  const arrivals = array(integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 40 });
  await assert(
    asyncProperty(integer({ min: 1, max: 5 }), arrivals, async (limit, pauses) => {
      const { fetch, clock, sentAt } = scene({ limit: { limit, perMs: 1_000 } });
      const answers: Promise<Response>[] = [];
      for (const pause of pauses) {
        answers.push(fetch(url));
        await clock.advance(pause);
      }
      await clock.advance(40_000);
      await Promise.all(answers);

      expect(sentAt).toHaveLength(pauses.length);
      for (const [index, at] of sentAt.entries())
        expect(at - (sentAt[index - limit] ?? -Infinity)).toBeGreaterThanOrEqual(1_000);
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('one 429 pauses all calls of its origin, and not those of another', async () => {
  const { fetch, clock, sentAt } = scene({ script: [status(429, { 'retry-after': '3' })] });

  const refused = await fetch(url);
  const waiting = many(2, () => fetch(url));
  const other = await fetch('https://other.test/');
  await clock.advance(3_000);
  await waiting;

  expect([refused.status, other.status]).toEqual([429, 200]);
  expect(sentAt).toEqual([0, 0, 3_000, 3_000]);
});

test('the call that got the 429 is retried when the pause ends, before or with the others', async () => {
  const { fetch, clock, sentAt } = scene({ script: [status(429, { 'retry-after': '3' })], client: { retry: 1 } });

  const answers = [fetch(url)];
  await clock.settle();
  answers.push(fetch(url));
  await clock.advance(3_000);

  expect((await Promise.all(answers)).map((answer) => answer.status)).toEqual([200, 200]);
  expect(sentAt).toEqual([0, 3_000, 3_000]);
});

test('a shorter pause does not shorten one that is running', async () => {
  const script = [status(429, { 'retry-after': '30' }), status(429, { 'retry-after': '1' })];
  const { fetch, clock, sentAt } = scene({ script });

  await Promise.all([fetch(url), fetch(url)]);
  const next = fetch(url);
  await clock.advance(30_000);
  await next;

  expect(sentAt).toEqual([0, 0, 30_000]);
});

test('a window without a limit counts nothing', () => {
  const window = new RollingWindow(Infinity, 1_000);

  window.add(0);

  expect([window.waitMs(0), window.isEmpty(0)]).toEqual([0, true]);
});

test('a call that may not take as long as the pause fails at once, and says when the pause ends', async () => {
  const { fetch, clock, sentAt } = scene({ script: [status(503, { 'retry-after': '30' })] });
  await fetch(url);

  const error = await caught(() => fetch(url, { totalTimeout: 5_000, timeout: 5_000 }));

  expect(error).toMatchObject({ code: 'RATE_LIMITED', retryable: true, retryAt: clock.now() + 30_000 });
  expect(error.message).toContain('GET https://api.test/: not sent: the server has asked for a pause until 2026-');
  expect(sentAt).toHaveLength(1);
});

test('a pause is cut at the longest one that is allowed, and pauses can be switched off', async () => {
  const day = status(429, { 'retry-after': '86400' });
  const short = scene({ script: [day], limit: { maxPause: 1_000 } });
  const none = scene({ script: [day], limit: { maxPause: false } });

  await short.fetch(url);
  const second = short.fetch(url);
  await short.clock.advance(1_000);
  await second;
  await none.fetch(url);
  await none.fetch(url);

  expect([short.sentAt, none.sentAt]).toEqual([
    [0, 1_000],
    [0, 0],
  ]);
});

test('a call that is aborted leaves the queue, and takes nothing of the limit', async () => {
  const { fetch, clock, sentAt } = scene({ limit: { limit: 1 } });
  const controller = new AbortController();
  await fetch(url);

  const aborted = fetch(url, { signal: controller.signal }).catch((error: unknown) => error);
  const next = fetch(url);
  await clock.settle();
  controller.abort(new Error('enough'));
  await clock.advance(1_000);
  await next;

  expect(await aborted).toMatchObject({ message: 'enough' });
  expect(sentAt).toEqual([0, 1_000]);
});

test('when all calls that waited are aborted, no timer is left', async () => {
  const { fetch, clock } = scene({ limit: { limit: 1 } });
  const controller = new AbortController();
  await fetch(url);
  const idle = clock.pending;

  const aborted = [1, 2].map(() => fetch(url, { signal: controller.signal }).catch(() => {}));
  await clock.settle();
  const waiting = clock.pending;
  controller.abort();
  await Promise.all(aborted);

  expect(waiting).toBeGreaterThan(idle);
  expect(clock.pending).toBe(idle);
});

test('a full queue refuses further calls at once', async () => {
  const { fetch, clock } = scene({ limit: { limit: 1, queue: 1 } });
  await fetch(url);

  const waiting = fetch(url);
  await clock.settle();
  const refused = await caught(() => fetch(url));
  await clock.advance(1_000);

  expect(refused).toMatchObject({ code: 'RATE_LIMITED', retryAt: undefined });
  expect((await waiting).status).toBe(200);
});

test('requests count for the quota that the function names', async () => {
  const quota: RateLimitOptions['quota'] = ({ url: asked }) => new URL(asked).pathname;
  const { fetch, clock, sentAt } = scene({ limit: { limit: 1, quota } });

  const answers = ['a', 'b', 'a'].map((path) => fetch(url + path));
  await clock.advance(1_000);
  await Promise.all(answers);

  expect(sentAt).toEqual([0, 0, 1_000]);
});

test('while a request waits, its permit of the concurrency limit is free for other origins', async () => {
  const { fetch, clock, sentAt } = scene({ limit: { limit: 1 }, client: { concurrency: 1 } });
  await fetch(url);

  const waiting = fetch(url);
  await clock.settle();
  const other = await fetch('https://other.test/');
  await clock.advance(1_000);
  await waiting;

  expect(other.status).toBe(200);
  expect(sentAt).toEqual([0, 0, 1_000]);
});

test('closing the client ends the calls that wait', async () => {
  const { fetch, clock, client } = scene({ limit: { limit: 1 } });
  await fetch(url);

  const waiting = caught(() => fetch(url));
  await clock.settle();
  await client.close();

  expect(await waiting).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('the limits of a million quotas are forgotten once they no longer matter', async () => {
  let count = 0;
  const { fetch, clock, sentAt } = scene({ limit: { limit: 1, quota: () => `tenant-${(count += 1)}` } });

  for (let round = 0; round < 5; round += 1) {
    await many(500, () => fetch(url));
    await clock.advance(1_000);
  }

  expect(sentAt).toHaveLength(2_500);
});

test.each([
  [{ limit: 0 }, 'limit must be a whole number from 1, or Infinity'],
  [{ perMs: 0 }, 'perMs must be milliseconds above 0'],
  [{ maxPause: -1 }, 'maxPause must be milliseconds above 0'],
  [{ quota: 'tenant' }, 'quota must be a function'],
  [{ limits: 1 }, 'withRateLimit has no option limits. Did you mean limit?'],
])('options %j are refused', (options, message) => {
  expect(() => withRateLimit(options as RateLimitOptions)).toThrow(message);
});

test('a quota that is no text is refused', async () => {
  const { fetch } = scene({ limit: { quota: () => undefined as unknown as string } });

  await expect(fetch(url)).rejects.toThrow('quota must be a function that returns a string, not undefined');
});
