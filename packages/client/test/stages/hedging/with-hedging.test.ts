import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import type { ClientOptions } from '../../../src/client-options.ts';
import { layer } from '../../../src/core/layer.ts';
import type { Layer } from '../../../src/core/layer.ts';
import { withHedging } from '../../../src/stages/hedging/with-hedging.ts';
import type { HedgingOptions } from '../../../src/stages/hedging/with-hedging.ts';
import { caught } from '../../caught.ts';
import { broken, ok, scriptedFetch, silent, status } from '../../scripted.ts';
import type { Answer } from '../../scripted.ts';

const url = 'https://api.test/';

interface Scene {
  readonly hedging?: Partial<HedgingOptions>;
  readonly client?: ClientOptions;
  readonly layers?: readonly Layer[];
}

function scene(script: readonly Answer[], { hedging = {}, client = {}, layers = [] }: Scene = {}) {
  const clock = virtualClock();
  const network = scriptedFetch(...script);
  const options = { fetch: network, clock, random: () => 0, retry: 0, ...client };
  const { fetch } = createClient(options, withHedging({ afterMs: 100, ...hedging }), ...layers);
  return { fetch, clock, network };
}

/** Answers when the test calls `give`. */
function later(): { readonly answer: Answer; readonly give: (response: Response) => void; signal?: AbortSignal } {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const waiting: ReturnType<typeof later> = {
    give: resolve,
    answer: (_request, signal) => {
      waiting.signal = signal;
      return promise;
    },
  };
  return waiting;
}

test('a request without an answer after the delay is sent once more, and the first answer is used', async () => {
  const first = later();
  const { fetch, clock, network } = scene([first.answer, status(200, {}, 'second')]);

  const answer = fetch(url);
  await clock.advance(99);
  const before = network.sent.length;
  await clock.advance(1);

  expect(await (await answer).text()).toBe('second');
  expect([before, network.sent.length]).toEqual([1, 2]);
  expect(first.signal?.aborted).toBe(true);
});

test('an answer within the delay is used, and nothing else is sent', async () => {
  const { fetch, clock, network } = scene([ok]);

  const answer = await fetch(url);
  await clock.advance(1_000);

  expect([answer.status, network.sent.length, clock.pending]).toEqual([200, 1, 0]);
});

test('when the first request answers first, the second is cancelled', async () => {
  const [first, second] = [later(), later()];
  const { fetch, clock } = scene([first.answer, second.answer]);

  const answer = fetch(url);
  await clock.advance(100);
  first.give(new Response('first'));

  expect(await (await answer).text()).toBe('first');
  expect([first.signal?.aborted, second.signal?.aborted]).toEqual([false, true]);
});

test('a failure waits for the other request; when both fail, the first failure counts', async () => {
  const [first, second] = [later(), later()];
  const { fetch, clock } = scene([first.answer, second.answer, silent, status(502)]);

  const saved = fetch(url);
  await clock.advance(100);
  first.give(new Response('busy', { status: 503 }));
  await clock.settle();
  second.give(new Response('good'));
  const failed = fetch(url, { timeout: 150 });
  await clock.advance(100);
  await clock.advance(50);

  expect(await (await saved).text()).toBe('good');
  expect((await failed).status).toBe(502);
});

test('a failure before the delay is for the retries, which are hedged too', async () => {
  const { fetch, clock, network } = scene([broken('ECONNRESET'), silent, ok], { client: { retry: 1 } });

  const answer = fetch(url);
  await clock.advance(0);
  await clock.advance(100);

  expect((await answer).status).toBe(200);
  expect(network.sent).toHaveLength(3);
});

test('only safe methods are sent again, unless others are named, and never a stream', async () => {
  const { fetch, clock, network } = scene([silent, silent, silent], { client: { timeout: 200 } });
  const stream = new ReadableStream({ start: (controller) => controller.close() });

  const posts = [
    fetch(url, { method: 'POST', body: 'x' }),
    fetch(url, { method: 'PUT', body: stream, duplex: 'half' }),
  ];
  const failures = Promise.all(posts.map((post) => caught(() => post)));
  await clock.advance(200);
  const streamed = scene([silent], { hedging: { methods: ['PUT'] }, client: { timeout: 200 } });
  const again = new ReadableStream({ start: (controller) => controller.close() });
  const late = caught(() => streamed.fetch(url, { method: 'PUT', body: again, duplex: 'half' } as RequestInit));
  await streamed.clock.advance(200);
  const put = scene([silent, ok], { hedging: { methods: ['put'] } });
  const answer = put.fetch(url, { method: 'PUT', body: 'x' });
  await put.clock.advance(100);

  expect(await failures).toMatchObject([{ code: 'ATTEMPT_TIMEOUT' }, { code: 'ATTEMPT_TIMEOUT' }]);
  expect(network.sent).toHaveLength(2);
  expect((await answer).status).toBe(200);
  expect(await late).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  expect(streamed.network.sent).toHaveLength(1);
  expect(put.network.sent.map(({ body }) => body)).toEqual(['x', 'x']);
});

test('each further request takes one from the retry budget, and none is sent when it is used up', async () => {
  const budget = { ratio: 0, minPerSecond: 0.1 };
  const { fetch, clock, network } = scene([silent, ok, silent], {
    client: { retry: { limit: 0, budget }, timeout: 300 },
  });

  const first = fetch(url);
  await clock.advance(100);
  await first;
  const second = caught(() => fetch(url));
  await clock.advance(300);

  expect(await second).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  expect(network.sent).toHaveLength(3);
});

test('up to the limit of further requests are sent, the delay apart, and no more', async () => {
  const { fetch, clock, network } = scene([silent, silent, silent, silent, silent], { hedging: { limit: 3 } });
  const counts: number[] = [];

  const answer = caught(() => fetch(url, { timeout: 550 }));
  for (let step = 0; step < 5; step += 1) {
    await clock.advance(100);
    counts.push(network.sent.length);
  }
  await clock.advance(500);

  expect(await answer).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  expect(counts).toEqual([2, 3, 4, 4, 4]);
});

test("the caller's abort and the deadline end all requests of a call", async () => {
  const [first, second, third] = [later(), later(), later()];
  const { fetch, clock } = scene([first.answer, second.answer, third.answer, silent]);
  const controller = new AbortController();

  const aborted = fetch(url, { signal: controller.signal }).catch((error: unknown) => error);
  await clock.advance(100);
  controller.abort(new Error('enough'));
  const late = caught(() => fetch(url, { totalTimeout: 150, timeout: 150 }));
  await clock.advance(150);

  expect(await aborted).toMatchObject({ message: 'enough' });
  expect(await late).toMatchObject({ code: 'DEADLINE_EXCEEDED', phase: 'attempt' });
  expect([first, second, third].map(({ signal }) => signal?.aborted)).toEqual([true, true, true]);
  expect(clock.pending).toBe(0);
});

test('a body that is being read is cancelled with its call', async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) });
  const { fetch, clock } = scene([silent, () => new Response(body)]);

  const answer = fetch(url, { totalTimeout: 1_000, timeout: 1_000 });
  await clock.advance(100);
  const text = caught(async () => (await answer).text());
  await clock.advance(1_000);

  expect(await text).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('each request has headers of its own, and the credentials of the one that is used are hidden in previews', async () => {
  let count = 0;
  const credential = layer('auth', 'credential', (next) => (request, call) => {
    count += 1;
    call.headers.setCredential('authorization', `Bearer secret-${count}`);
    return next(request, call);
  });
  const clock = virtualClock();
  const network = scriptedFetch(silent, status(403, { 'content-type': 'text/plain' }, 'not secret-2'));
  const client = createClient({ fetch: network, clock, retry: 0 }, withHedging({ afterMs: 100 }), credential);

  const error = caught(() => client.get(url));
  await clock.advance(100);

  expect(network.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
    'Bearer secret-1',
    'Bearer secret-2',
  ]);
  expect(JSON.stringify(await error)).not.toContain('secret-2');
  expect((await error).message).not.toContain('secret-2');
});

test.each([
  [{}, 'afterMs must be milliseconds above 0'],
  [{ afterMs: 0 }, 'afterMs must be milliseconds above 0'],
  [{ afterMs: Infinity }, 'afterMs must be milliseconds above 0'],
  [{ afterMs: 5, limit: 0 }, 'limit must be a whole number from 1'],
  [{ afterMs: 5, method: ['GET'] }, 'withHedging has no option method. Did you mean methods?'],
])('options %j are refused', (options, message) => {
  expect(() => withHedging(options as HedgingOptions)).toThrow(message);
});

test('a layer that throws at the further request is a failure of that request alone', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(
    () => new Promise((resolve) => clock.schedule(300, () => resolve(new Response('first')))),
  );
  let calls = 0;
  const throwing = layer('auth', 'throwing', (next) => (request, call) => {
    calls += 1;
    if (calls > 1) throw new Error('no key now');
    return next(request, call);
  });
  const api = createClient({ fetch: network, clock, retry: 0 }, withHedging({ afterMs: 50 }), throwing);

  const text = api.get(url).text();
  await clock.advance(300);

  expect([await text, calls]).toEqual(['first', 2]);
});
