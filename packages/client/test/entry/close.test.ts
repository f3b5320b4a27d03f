import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';
import { ok, scriptedFetch, silent, status } from '../scripted.ts';
import type { Answer } from '../scripted.ts';

const url = 'https://api.test/';
const busy = status(503, { 'retry-after': '60' });

test('closing ends a wait for Retry-After at once with CLIENT_CLOSED', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(busy, ok);
  const api = createClient({ fetch: network, clock });

  const failure = caught(() => api.get(url));
  await clock.advance(10);
  await api.close();

  expect(await failure).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect([network.sent.length, clock.pending]).toEqual([1, 0]);
});

test('a call whose attempt fails while the client closes gets that failure, and does not wait to try again', async () => {
  const clock = virtualClock();
  const answer = Promise.withResolvers<Response>();
  const network = scriptedFetch(() => answer.promise, ok);
  const api = createClient({ fetch: network, clock });

  const failure = caught(() => api.get(url));
  await clock.settle();
  const closing = api.close();
  answer.resolve(await busy(new Request(url), AbortSignal.any([])));
  await closing;

  expect(await failure).toMatchObject({ code: 'HTTP_STATUS', status: 503, attempts: 1 });
  expect(clock.pending).toBe(0);
});

const stubborn = layer('auth', 'stubborn', () => () => new Promise(() => {}));

test.each([
  ['10 s', undefined, 10_000],
  ['graceMs', { graceMs: 500 }, 500],
] as const)('what is in flight after %s fails with CLIENT_CLOSED, and closing is over', async (_, options, graceMs) => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(silent), clock, timeout: false });
  const events: string[] = [];

  const failure = caught(() => api.get(url));
  await clock.settle();
  const closing = api.close(options).then(() => events.push('closed'));
  await clock.advance(graceMs - 1);
  events.push('almost');
  await clock.advance(1);
  await closing;

  expect(await failure).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect([events, clock.pending]).toEqual([['almost', 'closed'], 0]);
});

test('a layer that ignores the cancellation does not hold closing up', async () => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(), clock }, stubborn);

  void api.fetch(url).catch(() => {});
  await clock.settle();
  const closing = api.close({ graceMs: 100 });
  await clock.advance(100);

  await expect(closing).resolves.toBeUndefined();
});

test.each([-1, Number.NaN, '5'])('graceMs %j is refused, and the client stays open', async (graceMs) => {
  const api = createClient({ fetch: scriptedFetch(ok) });

  expect(await caught(() => api.close({ graceMs: graceMs as never }))).toMatchObject({
    code: 'CONFIG',
    field: 'graceMs',
  });
  expect((await api.get(url)).status).toBe(200);
});

test('calls that end in another order than they began leave no call in flight', async () => {
  const clock = virtualClock();
  const answers = Array.from({ length: 4 }, () => Promise.withResolvers<Response>());
  const api = createClient({
    fetch: scriptedFetch(
      ...answers.map(
        ({ promise }): Answer =>
          () =>
            promise,
      ),
    ),
    clock,
  });

  const calls = answers.map(async () => (await api.get(url)).status);
  await clock.settle();
  for (const index of [1, 0, 3, 2]) {
    answers[index]?.resolve(new Response());
    await clock.settle();
  }
  await api.close();

  expect([await Promise.all(calls), clock.pending]).toEqual([[200, 200, 200, 200], 0]);
});

test.each([[null], [500], [[]], [{ gracems: 1 }]])(
  'options of close that are %j are refused, and the client stays open',
  async (options) => {
    const api = createClient({ fetch: scriptedFetch(ok) });

    expect(await caught(() => api.close(options as never))).toMatchObject({ code: 'CONFIG' });
    expect((await api.get(url)).status).toBe(200);
  },
);
