import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import { layer } from '../../src/core/layer.ts';
import { timeout } from '../../src/stages/timeout.ts';
import { wait } from '../../src/time/until-aborted.ts';
import { ClientRequest } from '../../src/core/request.ts';
import { caught } from '../caught.ts';
import { virtualClock } from '@bearings/testing';
import { factsWith, nothingAfter, oneCall } from '../one-call.ts';
import { chunked, ok, scriptedFetch, silent, stuck, times } from '../scripted.ts';

const url = 'https://api.test/path?key=secret';

test('an attempt without a response ends at its limit, and the error names the request without its query', async () => {
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: scriptedFetch(silent), clock, timeout: 5_000, retry: 0 });

  const failure = caught(() => fetch(url));
  await clock.advance(4_999);
  const waiting = clock.pending;
  await clock.advance(1);

  expect(waiting).toBe(1);
  expect(await failure).toMatchObject({
    code: 'ATTEMPT_TIMEOUT',
    budgetMs: 5_000,
    message: 'GET https://api.test/path: no answer within 5000 ms',
  });
});

test('each attempt has the full time', async () => {
  const clock = virtualClock();
  const network = scriptedFetch(...times(3, silent));
  const { fetch } = createClient({ fetch: network, clock, random: () => 0, timeout: 100 });
  let endedMs = 0;

  const failure = caught(() => fetch(url).finally(() => (endedMs = clock.monotonic())));
  await clock.advance(1_000);

  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
  expect([network.sent.length, endedMs]).toEqual([3, 300]);
});

test("waiting for a token does not use up the attempt's time", async () => {
  const clock = virtualClock();
  const auth = layer('auth', 'slow', (next) => async (request, call) => {
    await wait(10_000, call.signal, clock);
    return next(request, call);
  });
  const { fetch } = createClient({ fetch: scriptedFetch(ok), clock, timeout: 100 }, auth);

  const answer = fetch(url);
  await clock.advance(10_000);

  expect((await answer).status).toBe(200);
});

test("the caller's own abort passes unchanged", async () => {
  const clock = virtualClock();
  const caller = new AbortController();
  const reason = new Error('user left');
  const { fetch } = createClient({ fetch: scriptedFetch(silent), clock });

  const failure = caught(() => fetch(url, { signal: caller.signal }));
  await clock.advance(10);
  caller.abort(reason);

  expect(await failure).toBe(reason);
  expect(clock.pending).toBe(0);
});

test('a transport that ignores the cancellation is not waited for', async () => {
  const clock = virtualClock();
  const send = timeout({ bodyTimeout: false })(() => new Promise(() => {}), factsWith({ clock }));

  const failure = caught(() =>
    send(new ClientRequest({ url, method: 'GET' }), oneCall({ clock, attemptTimeoutMs: 100 })),
  );
  await clock.advance(100);

  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT' });
});

test('after an attempt the call has its own signal again, also when the attempt failed', async () => {
  const call = oneCall({ attemptTimeoutMs: 100 });
  const { signal } = call;

  await caught(() =>
    timeout({ bodyTimeout: 100 })(nothingAfter, factsWith())(new ClientRequest({ url, method: 'GET' }), call),
  );

  expect(call.signal).toBe(signal);
});

test('false means no limit', async () => {
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: scriptedFetch(silent), clock, timeout: false });
  const caller = new AbortController();

  const failure = caught(() => fetch(url, { signal: caller.signal }));
  await clock.advance(3_600_000);
  caller.abort(new Error('after an hour'));

  expect(await failure).toMatchObject({ message: 'after an hour' });
});

test('a body that pauses for too long is cancelled', async () => {
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: scriptedFetch(stuck), clock, bodyTimeout: 2_000 });
  const response = await fetch(url);

  const failure = caught(() => response.text());
  await clock.advance(2_000);

  expect(await failure).toMatchObject({ code: 'BODY_TIMEOUT', budgetMs: 2_000, origin: 'https://api.test' });
});

test('a caller that reads slowly does not exceed the limit', async () => {
  const clock = virtualClock();
  const { fetch } = createClient({ fetch: scriptedFetch(chunked('a', 'b')), clock, bodyTimeout: 2_000 });
  const reader = (await fetch(url)).body?.getReader();

  await reader?.read();
  await clock.advance(60_000);
  const second = await reader?.read();

  expect(Buffer.from(second?.value ?? []).toString()).toBe('b');
});

test.each(['timeout', 'bodyTimeout', 'totalTimeout'] as const)(
  '%s has to be milliseconds above 0, or false',
  async (field) => {
    const { fetch } = createClient({ fetch: scriptedFetch() });

    for (const wrong of [0, -1, Number.NaN, Infinity, '5s', true, null]) {
      const ofClient = await caught(() => createClient({ [field]: wrong }));
      const ofCall = await caught(() => fetch(url, { [field]: wrong }));

      expect(ofClient).toMatchObject({ code: 'CONFIG', field });
      expect(ofCall).toMatchObject({ code: 'CONFIG', field });
    }
  },
);
