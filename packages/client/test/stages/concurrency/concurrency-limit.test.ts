import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { caught } from '../../caught.ts';
import { virtualClock } from '@bearings/testing';
import { broken, ok, scriptedFetch, status, times } from '../../scripted.ts';

const url = 'https://api.test/';

const held = (): { answer: () => Promise<Response>; free: () => void } => {
  const gate = Promise.withResolvers<Response>();
  return { answer: () => gate.promise, free: () => gate.resolve(new Response('done')) };
};

test('without a queue a call above the limit fails at once and is not sent; the next after a finished one is sent', async () => {
  const first = Promise.withResolvers<Response>();
  const network = scriptedFetch(() => first.promise, ok);
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: network, clock, concurrency: { limit: 1, queue: 0 } });

  const answer = fetch(url);
  await clock.settle();
  const refused = await caught(() => fetch(url));
  const sentThen = network.sent.length;
  first.resolve(new Response('done'));
  await answer;

  expect(refused).toMatchObject({ code: 'OVERLOADED', limit: 1, retryable: true });
  expect(sentThen).toBe(1);
  expect((await fetch(url)).status).toBe(200);
});

/** A network that counts the requests in flight, and answers each in a later turn. */
function countingFetch(): {
  readonly fetch: typeof globalThis.fetch;
  readonly counts: { most: number; sent: number };
} {
  const counts = { now: 0, most: 0, sent: 0 };
  const fetch = async (): Promise<Response> => {
    counts.sent += 1;
    counts.now += 1;
    counts.most = Math.max(counts.most, counts.now);
    await new Promise(setImmediate);
    counts.now -= 1;
    return new Response('{}');
  };
  return { fetch, counts };
}

test('a number is how many calls run at once: the others wait, and all are sent', async () => {
  const { fetch, counts } = countingFetch();
  const client = createClient({ fetch, concurrency: 50 });

  const answers = await Promise.all(Array.from({ length: 1_000 }, () => client.fetch(url)));

  expect(answers.every(({ ok: isOk }) => isOk)).toBe(true);
  expect(counts).toMatchObject({ most: 50, sent: 1_000 });
});

test('at most 10,000 calls wait; the next fails at once', async () => {
  const first = held();
  const { fetch } = createClient({ fetch: scriptedFetch(first.answer, ...times(10_000, ok)), concurrency: 1 });

  const waiting = Array.from({ length: 10_001 }, () => fetch(url));
  const refused = await caught(() => fetch(url));
  first.free();

  expect(refused).toMatchObject({ code: 'OVERLOADED', limit: 1, limitedBy: 'client' });
  expect((await Promise.all(waiting)).every(({ status: code }) => code === 200)).toBe(true);
});

test('waiting calls are sent in their order, and one that is aborted leaves the queue to the others', async () => {
  const first = held();
  const network = scriptedFetch(first.answer, ok, ok, ok);
  const { fetch } = createClient({ fetch: network, concurrency: { limit: 1, queue: 3 } });
  const caller = new AbortController();

  const running = fetch(`${url}running`);
  const a = fetch(`${url}a`);
  const b = caught(() => fetch(`${url}b`, { signal: caller.signal }));
  const c = fetch(`${url}c`);
  const full = await caught(() => fetch(url));
  caller.abort(new Error('user left'));
  const d = fetch(`${url}d`);
  await b;
  first.free();
  await Promise.all([running, a, c, d]);

  expect(full).toMatchObject({ code: 'OVERLOADED' });
  expect((await b).message).toBe('user left');
  expect(network.sent.map((request) => new URL(request.url).pathname)).toEqual(['/running', '/a', '/c', '/d']);
});

test('a failed call returns its permit', async () => {
  const { fetch } = createClient({ fetch: scriptedFetch(broken('ECONNRESET'), ok), concurrency: 1, retry: 0 });

  await caught(() => fetch(url));

  expect((await fetch(url)).status).toBe(200);
});

test('a client and its extended clients share one limit', async () => {
  const first = Promise.withResolvers<Response>();
  const clock = virtualClock();
  const api = createClient({
    fetch: scriptedFetch(() => first.promise, ok),
    clock,
    concurrency: { limit: 1, queue: 0 },
  });

  const answer = api.fetch(url);
  await clock.settle();
  const refused = await caught(() => api.extend({ headers: { a: 'b' } }).get(url));
  first.resolve(new Response('done'));
  await answer;

  expect(refused).toMatchObject({ code: 'OVERLOADED' });
});

test.each([0, -1, Number.NaN])('a concurrency of %d is rejected', async (concurrency) => {
  expect(await caught(() => createClient({ concurrency }))).toMatchObject({ code: 'CONFIG', field: 'concurrency' });
});

test('calls above the limit wait in the queue; when the queue is full, a call fails at once', async () => {
  const first = held();
  const clock = virtualClock();
  const concurrency = { limit: 1, queue: 1, queueTimeout: 500 };
  const { fetch } = createClient({ fetch: scriptedFetch(first.answer, ok), clock, concurrency });

  const answer = fetch(url);
  await clock.settle();
  const waits = fetch(url);
  await clock.settle();
  const oneTooMany = await caught(() => fetch(url));
  await clock.advance(499);
  first.free();

  expect(oneTooMany).toMatchObject({ code: 'OVERLOADED', limit: 1 });
  expect([(await answer).status, (await waits).status]).toEqual([200, 200]);
  expect(clock.pending).toBe(0);
});

test('a call waits in the queue for queueTimeout at most', async () => {
  const clock = virtualClock();
  const concurrency = { limit: 1, queueTimeout: 1_000 };
  const { fetch } = createClient({ fetch: scriptedFetch(held().answer), clock, concurrency, timeout: false });

  void fetch(url);
  await clock.settle();
  const refused = caught(() => fetch(url));
  await clock.advance(1_000);

  expect(await refused).toMatchObject({ code: 'OVERLOADED', retryable: true });
});

test('a call returns its permit during the wait before a retry, and another call uses it', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(status(503, { 'retry-after': '10' }), ok, ok);
  const { fetch } = createClient({ fetch: network, clock, random: () => 0, concurrency: 1 });

  const retried = fetch(url);
  await clock.advance(5_000);
  const meanwhile = await fetch(url);
  await clock.advance(5_000);

  expect(meanwhile.status).toBe(200);
  expect((await retried).status).toBe(200);
});

test('a call that continues after a wait gets the next permit before all new calls', async () => {
  const clock = virtualClock();
  const other = held();
  const order: string[] = [];
  const network = scriptedFetch(status(503, { 'retry-after': '10' }), other.answer, ok, ok);
  const options = { fetch: network, clock, random: () => 0, concurrency: { limit: 1, queue: 5, queueTimeout: 60_000 } };
  const { fetch } = createClient(options);
  const call = async (name: string): Promise<void> => {
    await fetch(`${url}${name}`);
    order.push(name);
  };

  const all = [call('retried')];
  await clock.advance(5_000);
  all.push(call('other'));
  await clock.settle();
  all.push(call('new'));
  await clock.advance(5_000);
  other.free();
  await Promise.all(all);

  expect(order).toEqual(['other', 'retried', 'new']);
});

test('each origin has a limit of its own, which is removed when no call uses it', async () => {
  const clock = virtualClock();
  const slow = held();
  const network = scriptedFetch(slow.answer, ok, ok);
  const { fetch } = createClient({ fetch: network, clock, concurrency: { limitPerOrigin: 1, queue: 0 } });

  const answer = fetch('https://slow.test/');
  await clock.settle();
  const refused = await caught(() => fetch('https://slow.test/'));
  const elsewhere = await fetch('https://quick.test/');
  slow.free();
  await answer;

  expect(refused).toMatchObject({ code: 'OVERLOADED', origin: 'https://slow.test', limit: 1, limitedBy: 'origin' });
  expect(elsewhere.status).toBe(200);
  expect((await fetch('https://slow.test/')).status).toBe(200);
});

test('a call that is aborted or reaches its deadline in the queue reports that and leaves no timer', async () => {
  const clock = virtualClock();
  const first = held();
  const caller = new AbortController();
  const concurrency = { limit: 1, queue: 5, queueTimeout: 10_000 };
  const { fetch } = createClient({ fetch: scriptedFetch(first.answer), clock, concurrency, timeout: false });

  const answer = fetch(url);
  await clock.settle();
  const calledOff = caught(() => fetch(url, { signal: caller.signal }));
  const late = caught(() => fetch(url, { totalTimeout: 100 }));
  await clock.settle();
  caller.abort(new Error('user left'));
  await clock.advance(100);
  first.free();
  await answer;

  expect((await calledOff).message).toBe('user left');
  expect(await late).toMatchObject({ code: 'DEADLINE_EXCEEDED', phase: 'queue' });
  expect(clock.pending).toBe(0);
});

test.each([
  ['concurrency.limit', { limit: 0 }],
  ['concurrency.limitPerOrigin', { limitPerOrigin: 1.5 }],
  ['concurrency.queue', { queue: -1 }],
  ['concurrency.queueTimeout', { queueTimeout: Number.NaN }],
  ['concurrency.queueTimeout', { queueTimeout: 0 }],
])('the error of a wrong option names it: %s', async (field, concurrency) => {
  expect(await caught(() => createClient({ concurrency }))).toMatchObject({ code: 'CONFIG', field });
});
