import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { withCircuitBreaker } from '../../../src/stages/circuit-breaker/circuit-breaker.ts';
import type { AttemptOutcome, CircuitBreakerOptions } from '../../../src/stages/circuit-breaker/circuit-breaker.ts';
import type { CircuitChange } from '../../../src/stages/circuit-breaker/origin-circuits.ts';
import { createClient } from '../../../src/client.ts';
import type { ClientOptions } from '../../../src/client-options.ts';
import { TransportError } from '../../../src/errors/index.ts';
import { layer } from '../../../src/core/layer.ts';
import type { Layer } from '../../../src/core/layer.ts';
import { untilAborted } from '../../../src/time/until-aborted.ts';
import { caught } from '../../caught.ts';
import { broken, ok, redirectTo, scriptedFetch, silent, status, times } from '../../scripted.ts';
import type { Answer } from '../../scripted.ts';

const url = 'https://api.test/';
const two = { failureRatio: 1, minimumCalls: 2 };

interface Scene {
  readonly breaker?: CircuitBreakerOptions;
  readonly client?: ClientOptions;
  readonly layers?: readonly Layer[];
}

/** A client whose circuit opens after two failures in a row, and a network whose response the test sets. */
function scene({ breaker = {}, client = {}, layers = [] }: Scene = {}) {
  const now: { answer: Answer } = { answer: status(503) };
  const network = scriptedFetch(...times(9_999, (request, signal) => now.answer(request, signal)));
  const clock = virtualClock();
  const changes: CircuitChange[] = [];
  const onStateChange = (change: CircuitChange): void => void changes.push(change);
  const { fetch } = createClient(
    { fetch: network, clock, random: () => 0, retry: 0, ...client },
    withCircuitBreaker({ ...two, onStateChange, ...breaker }),
    ...layers,
  );
  const states = (): readonly string[] => changes.map(({ state }) => state);
  const answers = (answer: Answer): void => {
    now.answer = answer;
  };
  return { fetch, network, clock, changes, states, answers };
}

test('after too many failures calls fail at once and are not sent, and the error has the time of the next probe', async () => {
  const { fetch, network, clock } = scene();

  const passed = [(await fetch(url)).status, (await fetch(url)).status];
  await clock.advance(1_000);
  const refused = await caught(() => fetch('https://api.test/other?token=secret'));

  expect(passed).toEqual([503, 503]);
  expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', origin: 'https://api.test', retryable: true });
  expect(refused).toMatchObject({ retryAt: clock.now() + 4_000 });
  expect(refused.message).not.toContain('secret');
  expect(network.sent).toHaveLength(2);
});

test('by default the circuit opens after twenty calls within ten seconds, half of them failed', async () => {
  const { clock, network, ...rest } = scene();
  const { fetch } = createClient({ fetch: network, clock, retry: 0 }, withCircuitBreaker());

  rest.answers(ok);
  for (let count = 0; count < 10; count += 1) await fetch(url);
  await clock.advance(8_000);
  rest.answers(status(503));
  for (let count = 0; count < 10; count += 1) await fetch(url);
  const refused = await caught(() => fetch(url));
  rest.answers(ok);
  await clock.advance(4_999);
  const early = await caught(() => fetch(url));
  await clock.advance(1);

  expect([refused, early]).toMatchObject([{ code: 'CIRCUIT_OPEN' }, { code: 'CIRCUIT_OPEN' }]);
  expect((await fetch(url)).status).toBe(200);
});

test.each<[string, Answer]>([
  ...[500, 502, 503, 504].map((code): [string, Answer] => [`a status ${code}`, status(code)]),
  ['a connection that breaks', broken('ECONNRESET')],
  ['a host that is not there', broken('ENOTFOUND')],
  ['a certificate that has expired', broken('CERT_HAS_EXPIRED')],
])('%s is a failure', async (_case, answer) => {
  const { fetch, answers, states } = scene();
  answers(answer);

  for (let count = 0; count < 2; count += 1) await Promise.allSettled([fetch(url)]);

  expect(states()).toEqual(['open']);
});

test.each([
  ['an attempt that timed out', { timeout: 100 }],
  ['a deadline that ended the wait for an answer', { totalTimeout: 100 }],
])('%s is a failure, because the server had enough time', async (_case, client) => {
  const { fetch, clock, answers, states } = scene({ client });
  answers(silent);

  const calls = Promise.allSettled([fetch(url), fetch(url)]);
  await clock.advance(100);
  await calls;

  expect(states()).toEqual(['open']);
});

test.each([200, 401, 404, 429, 501])('the status %d is a success', async (code) => {
  const { fetch, answers, states } = scene({ breaker: { failureRatio: 0.6 } });

  for (const each of [status(code), status(503), status(code), status(503)]) {
    answers(each);
    await fetch(url);
  }

  expect(states()).toEqual([]);
});

const tokenless = layer('auth', 'tokenless', () => () => Promise.reject(new Error('there is no token')));
const tokenWait = layer('auth', 'token-wait', () => (_request, call) => {
  call.phase = 'token';
  return untilAborted(new Promise<never>(() => {}), call.signal);
});
const elsewhere = layer('auth', 'elsewhere', () => () => {
  throw new TransportError('https://login.test', { reason: 'ECONNREFUSED', detail: 'ECONNREFUSED' });
});

test.each<[string, Scene]>([
  ['a token that cannot be had', { layers: [tokenless] }],
  ['a deadline that ended the wait for a token', { layers: [tokenWait], client: { totalTimeout: 100 } }],
  ['the failure of a call that a layer made to another origin', { layers: [elsewhere] }],
  ['a request that the stages refuse', { client: { insecureHttp: false } }],
])('%s is not counted', async (_case, options) => {
  const { fetch, clock, network, states } = scene({ ...options, breaker: { minimumCalls: 1 } });
  const target = options.layers === undefined ? 'http://api.test/' : url;

  const failure = caught(() => fetch(target));
  await clock.advance(100);
  await failure;

  expect(states()).toEqual([]);
  expect(network.sent).toHaveLength(0);
});

test('neutral outcomes are not counted as successes', async () => {
  const { fetch, answers, states } = scene();

  for (const each of [status(503), redirectTo('https://elsewhere.test/'), status(503)]) {
    answers(each);
    await Promise.allSettled([fetch(url)]);
  }

  expect(states()).toEqual(['open']);
});

test.each([
  ['its own reason', new Error('user left')],
  ['the failure of another call', new TransportError('https://api.test', { reason: 'ECONNRESET', detail: 'reset' })],
])('an abort by the caller with %s is not counted', async (_case, reason) => {
  const { fetch, clock, answers, states } = scene({ breaker: { minimumCalls: 1 } });
  const caller = new AbortController();
  answers(silent);

  const failure = caught(() => fetch(url, { signal: caller.signal }));
  await clock.settle();
  caller.abort(reason);

  expect(await failure).toBe(reason);
  expect(states()).toEqual([]);
});

test('after openMs one of a hundred calls is sent as a probe, and the others fail without waiting for it', async () => {
  const { fetch, network, clock, answers, states } = scene();
  const probe = Promise.withResolvers<Response>();
  for (let count = 0; count < 2; count += 1) await fetch(url);
  answers(() => probe.promise);
  await clock.advance(5_000);

  const calls = Array.from({ length: 100 }, () => fetch(url));
  const refused = await Promise.allSettled(calls.slice(1));
  const sentThen = network.sent.length;
  answers(ok);
  probe.resolve(new Response('back'));
  const first = await calls[0];

  expect(refused.every((each) => each.status === 'rejected' && each.reason.code === 'CIRCUIT_OPEN')).toBe(true);
  expect(sentThen).toBe(3);
  expect(await first?.text()).toBe('back');
  expect((await fetch(url)).status).toBe(200);
  expect(states()).toEqual(['open', 'half-open', 'closed']);
});

test('a failed probe returns its own outcome, and the circuit stays open for openMs again', async () => {
  const { fetch, clock, answers, states } = scene();
  for (let count = 0; count < 2; count += 1) await fetch(url);
  await clock.advance(5_000);

  const probe = await fetch(url);
  const refused = await caught(() => fetch(url));
  answers(ok);
  await clock.advance(5_000);

  expect(probe.status).toBe(503);
  expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', retryAt: clock.now() });
  expect((await fetch(url)).status).toBe(200);
  expect(states()).toEqual(['open', 'half-open', 'open', 'half-open', 'closed']);
});

test('after an aborted probe the next call is a probe at once', async () => {
  const { fetch, clock, answers, states } = scene();
  const caller = new AbortController();
  for (let count = 0; count < 2; count += 1) await fetch(url);
  answers(silent);
  await clock.advance(5_000);

  const probe = caught(() => fetch(url, { signal: caller.signal }));
  await clock.settle();
  const refused = await caught(() => fetch(url));
  caller.abort(new Error('user left'));
  await probe;
  answers(ok);

  expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', retryAt: clock.now() + 5_000 });
  expect((await fetch(url)).status).toBe(200);
  expect(states()).toEqual(['open', 'half-open', 'closed']);
});

test('calls in progress when the circuit opens get their responses, which are not counted', async () => {
  const { fetch, clock, changes } = scene();

  const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(url)));

  expect(new Set(answers.map((each) => each.status))).toEqual(new Set([503]));
  expect(changes).toEqual([
    { origin: 'https://api.test', state: 'open', at: clock.now(), retryAt: clock.now() + 5_000 },
  ]);
});

test('each origin has its own circuit', async () => {
  const { fetch, answers, changes } = scene();
  answers(
    ({ url: asked }) => new Response(null, { status: /^https:\/\/bad\.test(?::8443)?\//.test(asked) ? 503 : 200 }),
  );

  for (let count = 0; count < 3; count += 1) {
    for (const host of ['bad.test', 'bad.test:8443', 'bad.test.good.test', 'good.test']) {
      await Promise.allSettled([fetch(`https://${host}/https://bad.test/`)]);
    }
  }

  expect(changes.map(({ origin }) => origin)).toEqual(['https://bad.test', 'https://bad.test:8443']);
});

test('each client has circuits of its own, also two clients with the same layer', async () => {
  const { network, clock } = scene();
  const shared = withCircuitBreaker(two);
  const one = createClient({ fetch: network, clock, retry: 0 }, shared);
  const other = createClient({ fetch: network, clock, retry: 0 }, shared);

  for (let count = 0; count < 2; count += 1) await one.fetch(url);

  expect(await caught(() => one.fetch(url))).toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect((await other.fetch(url)).status).toBe(503);
});

test('setting the wall clock forward does not close a circuit, and the error has the new time', async () => {
  const { fetch, clock } = scene();
  for (let count = 0; count < 2; count += 1) await fetch(url);

  clock.jumpWall(3_600_000);

  expect(await caught(() => fetch(url))).toMatchObject({ code: 'CIRCUIT_OPEN', retryAt: clock.now() + 5_000 });
});

test('each attempt counts, and a call whose circuit opens is not retried', async () => {
  const { fetch, network, clock } = scene({ client: { retry: 5 } });

  const refused = await caught(() => fetch(url));

  expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN', cause: { message: 'https://api.test answered 503' } });
  expect(network.sent).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('the cause is the failure that opened the circuit; a response is not kept', async () => {
  const { fetch, clock, answers } = scene();

  await fetch(url);
  answers(broken('ECONNREFUSED'));
  const opener = await caught(() => fetch(url));
  const refused = [await caught(() => fetch(url)), await caught(() => fetch(url))];
  answers(status(503));
  await clock.advance(5_000);
  await fetch(url);
  const later = await caught(() => fetch(url));

  expect(opener).toMatchObject({ code: 'TRANSPORT' });
  expect(refused.map(({ cause }) => cause === opener)).toEqual([true, true]);
  expect('cause' in later).toBe(false);
});

test("after a failed attempt the cause is the call's own failure", async () => {
  const { fetch, clock, answers } = scene({ client: { random: () => 1 } });

  const refused = caught(() => fetch(url, { retry: 1 }));
  await clock.settle();
  answers(broken('ECONNREFUSED'));
  await caught(() => fetch(url));
  await clock.advance(100);

  expect(await refused).toMatchObject({ code: 'CIRCUIT_OPEN', cause: { message: 'https://api.test answered 503' } });
});

test('an error that is not ours is not kept, because it may contain secrets', async () => {
  const { fetch } = scene({ breaker: { minimumCalls: 1, isFailure: () => true }, layers: [tokenless] });

  await caught(() => fetch(url));
  const refused = await caught(() => fetch(url));

  expect(refused).toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect('cause' in refused).toBe(false);
});

test('isFailure can count a response as a failure', async () => {
  const isFailure = (outcome: AttemptOutcome): boolean | undefined =>
    'response' in outcome && outcome.response.status === 429 ? true : undefined;
  const { fetch, answers, states } = scene({ breaker: { isFailure, minimumCalls: 3 } });

  for (const answer of [status(429), broken('ECONNRESET'), status(503)]) {
    answers(answer);
    await Promise.allSettled([fetch(url)]);
  }

  expect(states()).toEqual(['open']);
});

test.each([
  ['a response, which then shows that the server is alive', status(503), 'closed'],
  ['an error, which then says nothing', broken('ECONNRESET'), 'half-open'],
])('isFailure can decide that this is no failure: %s', async (_case, answer, state) => {
  const verdict: { now: boolean | undefined } = { now: undefined };
  const { fetch, clock, answers, states } = scene({ breaker: { isFailure: () => verdict.now } });
  for (let count = 0; count < 2; count += 1) await fetch(url);
  await clock.advance(5_000);

  answers(answer);
  verdict.now = false;
  await Promise.allSettled([fetch(url)]);

  expect(states().at(-1)).toBe(state);
});

const noVerdict = () => {
  throw new Error('a mistake');
};

test.each([
  ['throws', noVerdict],
  ['says neither', (() => 'perhaps') as unknown as () => undefined],
])('an isFailure that %s leaves the default rule', async (_case, isFailure) => {
  const { fetch, answers, states } = scene({ breaker: { isFailure } });

  answers(ok);
  const good = [(await fetch(url)).status, (await fetch(url)).status];
  const before = states();
  answers(broken('ECONNRESET'));

  expect([good, before]).toEqual([[200, 200], []]);
  expect(await caught(() => fetch(url))).toMatchObject({ code: 'TRANSPORT' });
});

test.each([
  ['throws', noVerdict],
  ['rejects', () => Promise.reject(new Error('a mistake'))],
])('a listener that %s does not affect calls', async (_case, onStateChange) => {
  const { fetch, clock, answers } = scene({ breaker: { onStateChange } });

  const failed = [(await fetch(url)).status, (await fetch(url)).status];
  answers(ok);
  await clock.advance(5_000);

  expect(failed).toEqual([503, 503]);
  expect((await fetch(url)).status).toBe(200);
});

test('a listener is called once for each change, with a frozen object', async () => {
  const { fetch, clock, changes, answers } = scene();
  const startAt = clock.now();

  for (let count = 0; count < 2; count += 1) await fetch(url);
  answers(ok);
  await clock.advance(6_000);
  for (let count = 0; count < 2; count += 1) await fetch(url);

  const origin = 'https://api.test';
  expect(changes).toEqual([
    { origin, state: 'open', at: startAt, retryAt: startAt + 5_000 },
    { origin, state: 'half-open', at: startAt + 6_000 },
    { origin, state: 'closed', at: startAt + 6_000 },
  ]);
  expect(changes.every((each) => Object.isFrozen(each))).toBe(true);
});

/** Calls so many other origins. */
async function visit(fetch: (input: string) => Promise<unknown>, count: number): Promise<void> {
  for (let place = 0; place < count; place += 1) await fetch(`https://host-${place}.test/`);
}

test('beyond a thousand origins the least recently used closed circuit is removed', async () => {
  const { fetch, answers, changes } = scene();

  await fetch('https://first.test/');
  await fetch('https://second.test/');
  answers(redirectTo('https://elsewhere.test/'));
  await caught(() => fetch('https://first.test/'));
  answers(ok);
  await visit(fetch, 999);
  answers(status(503));
  await fetch('https://first.test/');
  await fetch('https://second.test/');

  expect(changes).toMatchObject([{ origin: 'https://first.test', state: 'open' }]);
});

test('an idle origin keeps its circuit while others are called', async () => {
  const { fetch, answers, states } = scene();
  for (let count = 0; count < 2; count += 1) await fetch(url);

  answers(ok);
  await visit(fetch, 1_500);

  expect(await caught(() => fetch(url))).toMatchObject({ code: 'CIRCUIT_OPEN' });
  expect(states()).toEqual(['open']);
});

test('when all thousand circuits are open, the removed one is reported as closed', async () => {
  const { fetch, clock, changes } = scene({ breaker: { minimumCalls: 1 } });

  await visit(fetch, 1_000);
  const before = changes.length;
  await fetch(url);
  const reported = changes.slice(before);

  expect(reported).toEqual([
    { origin: 'https://host-0.test', state: 'closed', at: clock.now() },
    { origin: 'https://api.test', state: 'open', at: clock.now(), retryAt: clock.now() + 5_000 },
  ]);
  expect((await fetch('https://host-0.test/')).status).toBe(503);
  expect(await caught(() => fetch('https://host-2.test/'))).toMatchObject({ code: 'CIRCUIT_OPEN' });
});

test('a removed circuit reports nothing more, whatever its last calls end with', async () => {
  const { fetch, clock, answers, changes } = scene({ breaker: { minimumCalls: 1 } });
  const answer = Promise.withResolvers<Response>();
  answers(() => answer.promise);

  const slow = fetch(url);
  await clock.settle();
  answers(ok);
  await visit(fetch, 1_000);
  answer.resolve(new Response(null, { status: 503 }));

  expect((await slow).status).toBe(503);
  expect(changes).toEqual([]);
});

test('the layer is between retry and auth in any order of layers, and shows its settings', () => {
  const breaker = withCircuitBreaker({ openMs: 1_000 });
  const auth = layer('auth', 'mine', (next) => next);

  expect(createClient({}, auth, breaker).stages.slice(0, 3)).toEqual(['retry', 'circuit-breaker', 'mine']);
  expect(breaker.settings).toEqual({ failureRatio: 0.5, minimumCalls: 20, windowMs: 10_000, openMs: 1_000 });
});
