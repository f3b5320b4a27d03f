import { expect, test } from 'vitest';
import { createClient } from '../src/client.ts';
import { layer } from '../src/core/layer.ts';
import type { Slot } from '../src/core/slots.ts';
import { caught } from './caught.ts';
import { virtualClock } from '@bearings/testing';
import { ok, scriptedFetch, silent, status } from './scripted.ts';

const url = 'https://api.test/';

test('a request passes the slots in their order, however the layers are listed; a retry passes only those inside retry', async () => {
  const walked: string[] = [];
  const passing = (slot: Slot) =>
    layer(slot, `my ${slot}`, (next) => (request, call) => {
      walked.push(`${slot} ${call.attempt}`);
      return next(request, call);
    });
  const layers = (['destination', 'auth', 'observe', 'timeout', 'circuitBreaker'] as const).map(passing);
  const api = createClient({ fetch: scriptedFetch(status(503), ok), random: () => 0 }, ...layers);

  await api.get(url);

  expect(walked).toEqual([
    'observe 1',
    'circuitBreaker 1',
    'auth 1',
    'timeout 1',
    'destination 1',
    'circuitBreaker 2',
    'auth 2',
    'timeout 2',
    'destination 2',
  ]);
});

test('each attempt reads the token anew', async () => {
  let reads = 0;
  const network = scriptedFetch(status(503), ok);
  const bearer = layer('auth', 'bearer', (next) => (request, call) => {
    call.headers.setCredential('authorization', `Bearer ${(reads += 1)}`);
    return next(request, call);
  });

  await createClient({ fetch: network, random: () => 0 }, bearer).get(url);

  expect(network.sent.map(({ headers }) => headers.get('authorization'))).toEqual(['Bearer 1', 'Bearer 2']);
});

test('the stages are composed once, not per call', async () => {
  let joined = 0;
  const counting = layer('observe', 'counting', (next) => {
    joined += 1;
    return next;
  });
  const api = createClient({ fetch: scriptedFetch(ok, ok) }, counting);

  await api.get(url);
  await api.extend({}).get(url);

  expect(joined).toBe(1);
});

test('a stage gets the facts of its client', () => {
  const received: unknown[] = [];
  const curious = layer('observe', 'curious', (next, { baseUrl: home, random }) => {
    received.push(home?.href, random());
    return next;
  });

  createClient({ baseUrl: 'https://api.test/v1/', random: () => 0.5 }, curious);

  expect(received).toEqual(['https://api.test/v1/', 0.5]);
});

test('a closed client refuses calls through every entry, and sends nothing', async () => {
  const network = scriptedFetch(ok, ok, ok);
  const api = createClient({ fetch: network });
  const older = api.extend({});

  await api.close();

  expect(await caught(() => api.get(url))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await caught(() => api.fetch(url))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await caught(() => older.get(url))).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(network.sent).toEqual([]);
});

test('closing waits for the calls in flight, and resolves at once when there are none', async () => {
  const answer = Promise.withResolvers<Response>();
  const events: string[] = [];
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(() => answer.promise), clock });

  const call = api.get(url).text();
  await clock.settle();
  const closing = (async () => {
    await api.close();
    events.push('closed');
  })();
  await clock.settle();
  events.push('answered');
  answer.resolve(new Response('done'));
  await closing;

  expect(events).toEqual(['answered', 'closed']);
  expect(await call).toBe('done');
});

test('a call in flight that fails does not make closing fail', async () => {
  const caller = new AbortController();
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(silent), clock });

  const failure = caught(() => api.get(url, { signal: caller.signal }));
  await clock.settle();
  const closing = api.close();
  caller.abort(new Error('user left'));

  await expect(closing).resolves.toBeUndefined();
  expect(await failure).toMatchObject({ message: 'user left' });
});

test('leaving the scope closes', async () => {
  const api = createClient({ fetch: scriptedFetch(ok) });

  await api[Symbol.asyncDispose]();

  expect(await caught(() => api.get(url))).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('two clients share nothing', async () => {
  const one = createClient({ fetch: scriptedFetch(ok) });
  const other = createClient({ fetch: scriptedFetch(ok) });

  await one.close();

  expect((await other.get(url)).status).toBe(200);
});

test('a signal that is aborted already sends nothing', async () => {
  const network = scriptedFetch(ok);
  const reason = new Error('too late');

  const error = await caught(() => createClient({ fetch: network }).fetch(url, { signal: AbortSignal.abort(reason) }));

  expect(error).toBe(reason);
  expect(network.sent).toEqual([]);
});

test('user and password in the base URL are refused and not quoted', async () => {
  const error = await caught(() => createClient({ baseUrl: 'https://user:hunter2@api.test/' }));

  expect(error).toMatchObject({ code: 'INVALID_URL' });
  expect(error.message).not.toContain('hunter2');
});
