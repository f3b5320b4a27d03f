import { createClient, isBearingsError, systemClock } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Client, Clock } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, faults } from '@bearings/testing';
import { expect } from 'vitest';
import { settleCall, getError, expectCallOutcome, getStatus } from './call-outcome.ts';
import { createIssuer, resource, createService } from './create-service.ts';
import type { Service } from './create-service.ts';
import { createLoopbackService } from './create-loopback-service.ts';
import { replay } from './replay.ts';
import type { Run } from './replay.ts';
import { seededRandom } from './seeded-random.ts';

/** The default of two retries, without waits. */
const atOnce = { retry: {}, random: () => 0 };

/** Retries with the longest possible waits. */
const asLate = { retry: {}, random: () => 1 };

replay('RT-001', async ({ entry, hides }) => {
  // the lifetime is too short for an early renewal: the token is used until it expires
  const { api, client, clock, issuer, sent } = await createService({
    client: asLate,
    issuer: { tokenLifetimeMs: 5_000 },
  });
  api.inject(faults.status(503), { times: 1 });
  await clock.advance(4_950);

  const called = settleCall(client.get('orders'));
  await clock.settle();
  expect(sent()).toEqual(['at_CANARY_1']);
  await clock.advance(100);

  expectCallOutcome(entry, hides(await called));
  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
  expect(api.counts.unauthorized).toBe(0);
  expect(issuer.counts.token).toBe(2);
});

replay('RT-002', async ({ entry, hides }) => {
  const { api, client } = await createService({ client: atOnce });
  api.inject(faults.status(503));

  const outcome = await settleCall(client.post('orders', { json: {} }));

  expect(api.counts.requests).toBe(1);
  expectCallOutcome(entry, hides(outcome));
});

replay('RT-004', async ({ entry, hides }) => {
  const retry = { methods: ['post' as const] };
  const { api, client } = await createLoopbackService({ client: { retry } });
  api.inject(faults.reset(), { times: 2 });

  const headers = { 'idempotency-key': '"8e03978e"' };
  const outcome = await settleCall(client.post('orders', { json: { amount: 1 }, headers }));

  expectCallOutcome(entry, hides(outcome));
  const key = [headers['idempotency-key']];
  expect(api.requests.map((request) => request.header('idempotency-key'))).toEqual([...key, ...key, ...key]);
  expect(new Set(api.requests.map((request) => request.text()))).toEqual(new Set(['{"amount":1}']));
});

/** A connection that breaks once, during a request that may be retried. */
function isSentAgain(method: 'PUT' | 'DELETE', body: string | null): Run {
  return async ({ entry, hides }) => {
    const { api, client } = await createLoopbackService();
    api.inject(faults.reset(), { times: 1 });

    const outcome = await settleCall(client.fetch('orders/42', { method, body }));

    expectCallOutcome(entry, hides(outcome));
    expect(api.requests.map((request) => request.method)).toEqual([method, method]);
    expect(api.requests.map((request) => request.text())).toEqual([body ?? '', body ?? '']);
  };
}

replay('RT-007', isSentAgain('PUT', 'whole'));
replay('RT-008', isSentAgain('DELETE', null));

replay('RT-010', async ({ entry, hides }) => {
  const { api, client } = await createService({ client: atOnce });
  api.inject(faults.status(503), { times: 10 });

  expectCallOutcome(entry, hides(await settleCall(client.get('orders'))));

  expect(api.counts.requests).toBe(3);
});

/** The waits of a call before each retry, without a network and without real waiting. */
async function measureWaits(retry: object, random: () => number): Promise<readonly number[]> {
  const waits: number[] = [];
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    schedule(delayMs, act) {
      waits.push(delayMs);
      queueMicrotask(act);
      return () => {};
    },
  };
  const fetch: typeof globalThis.fetch = async () => new Response(null, { status: 500 });
  const client = createClient({ fetch, clock, random, timeout: false, bodyTimeout: false, retry });
  expect(getStatus(await settleCall(client.fetch('https://api.example/')))).toBe(500);
  return waits;
}

replay('RT-011', async () => {
  const waits = await measureWaits({ limit: 11, jitter: false, budget: false }, () => 0.123);

  expect(waits).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 20_000, 20_000, 20_000]);
});

replay('RT-012', async () => {
  const capMs = 20_000;
  const samples = await measureWaits({ limit: 10_000, budget: false, delay: () => capMs }, seededRandom(1));

  expect(samples).toHaveLength(10_000);
  expect(samples.every((delayMs) => delayMs >= 0 && delayMs <= capMs)).toBe(true);
  const mean = samples.reduce((sum, delayMs) => sum + delayMs, 0) / samples.length;
  expect(Math.abs(mean - capMs / 2)).toBeLessThan(0.05 * (capMs / 2));
  // full jitter: every tenth of the range has the same share
  const tenths = Array.from({ length: 10 }, (_, tenth) =>
    samples.filter((delayMs) => Math.floor((delayMs / capMs) * 10) === tenth),
  );
  for (const tenth of tenths) expect(tenth.length).toBeGreaterThan(800);
});

replay('RT-024', async ({ entry, hides }) => {
  const { api, client, clock } = await createService({ client: asLate });
  api.inject(faults.status(503));
  const caller = new AbortController();
  const reason = new Error('the user left');
  await clock.settle();
  const idle = clock.pending;

  const called = settleCall(client.get('orders', { signal: caller.signal }));
  await clock.settle();
  expect(clock.pending).toBe(idle + 1);
  const abortedAt = clock.monotonic();
  caller.abort(reason);

  expectCallOutcome(entry, hides(await called), reason);
  expect(clock.monotonic()).toBe(abortedAt);
  expect(clock.pending).toBe(idle);
  await clock.advance(60_000);
  expect(api.counts.requests).toBe(1);
});

/** A network on which every connection fails with this platform code, and the number of attempts. */
function failing(code: string): { fetch: typeof globalThis.fetch; tries: () => number } {
  let tries = 0;
  const fetch: typeof globalThis.fetch = async () => {
    tries += 1;
    throw new TypeError('fetch failed', { cause: Object.assign(new Error(`connection ${code}`), { code }) });
  };
  return { fetch, tries: () => tries };
}

const fixed = staticToken('at_CANARY_1');

replay('RT-027', async ({ entry, hides }) => {
  const certificate = ['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN'];
  certificate.push(
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  );
  const hopeless = [...certificate, 'ENOTFOUND'].map((code) => [code, 1] as const);
  // an invalid URL is rejected before the network, so a network that reports one counts as broken
  const passing = ['EAI_AGAIN', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ERR_INVALID_URL'].map(
    (code) => [code, 3] as const,
  );

  for (const [code, tries] of [...hopeless, ...passing]) {
    const network = failing(code);
    const client = createClient({ ...atOnce, baseUrl: resource, fetch: network.fetch }, withBearerAuth(fixed));
    const outcome = hides(await settleCall(client.get('orders')));
    expectCallOutcome(entry, outcome);
    expect([code, network.tries()]).toEqual([code, tries]);
    expect(getError(outcome)).toMatchObject({ retryable: tries > 1 });
    expect(isBearingsError(getError(outcome), 'TLS')).toBe(certificate.includes(code));
  }

  const network = failing('ECONNRESET');
  const urls = createClient({ ...atOnce, fetch: network.fetch });
  for (const url of ['https://[bad/', 'https://api.example:port/', 'orders']) {
    const outcome = hides(await settleCall(urls.fetch(url)));
    expect(getError(outcome)).toMatchObject({ code: 'INVALID_URL', retryable: false });
  }
  expect(network.tries()).toBe(0);

  await using untrusted = await fakeApi(createIssuer()).listen({ tls: true });
  let tries = 0;
  const counted: typeof globalThis.fetch = (input, init) => {
    tries += 1;
    return fetch(input, init);
  };
  const client = createClient({ ...atOnce, baseUrl: untrusted.origin, fetch: counted }, withBearerAuth(fixed));
  const outcome = hides(await settleCall(client.get('orders')));
  expectCallOutcome(entry, outcome);
  expect(getError(outcome)).toMatchObject({ code: 'TLS', retryable: false });
  expect([tries, untrusted.counts.requests]).toEqual([1, 0]);
});

/** A client of the service that counts attempts below the retry stage. */
function countingAttempts({ config, token }: Service): { client: Client; attempts: () => number } {
  let attempts = 0;
  const count = layer('circuitBreaker', 'count', (next) => (request, call) => {
    attempts += 1;
    return next(request, call);
  });
  const { fetch = globalThis.fetch, clock = systemClock } = config;
  const client = createClient({ baseUrl: resource, fetch, clock, ...atOnce }, count, withBearerAuth(token));
  return { client, attempts: () => attempts };
}

replay('RT-028', async ({ entry, hides }) => {
  const all = await createService({ token: { start: 'lazy', random: () => 0 } });
  const { api, issuer } = all;
  const { client, attempts } = countingAttempts(all);
  issuer.inject(faults.status(503));

  const calls = Array.from({ length: 100 }, () => settleCall(client.get('orders')));
  const outcome = await Promise.all(calls);

  for (const each of outcome) expectCallOutcome(entry, hides(each));
  expect(new Set(outcome.map(getError)).size).toBe(1);
  expect(issuer.counts.token).toBe(1 + 2);
  expect(attempts()).toBe(100);
  expect(api.counts.requests).toBe(0);
});

replay('RT-032', async ({ entry, hides }) => {
  const all = await createService({ token: { start: 'lazy' } });
  const { api, issuer } = all;
  const { client, attempts } = countingAttempts(all);
  issuer.inject(faults.status(401, { body: { error: 'invalid_client' } }));

  const outcome = await settleCall(client.get('orders'));

  expectCallOutcome(entry, hides(outcome));
  expect(getError(outcome)).toMatchObject({ oauthError: 'invalid_client' });
  expect(issuer.counts.token).toBe(1);
  expect(attempts()).toBe(1);
  expect(api.counts.requests).toBe(0);
});

replay('RT-013', async ({ entry, hides }) => {
  const retry = { limit: 1, delay: () => 0, budget: { ratio: 0.2, minPerSecond: 8 } }; // 500 at 5 each, 1 back
  const { api, client } = await createService({ client: { retry } });
  const outage = api.inject(faults.status(503));

  for (let count = 0; count < 101; count += 1) {
    const outcome = await settleCall(client.get('orders'));
    if (count % 50 === 0) expectCallOutcome(entry, hides(outcome));
  }
  expect(api.counts.requests).toBe(101 + 100); // the last call found the retry budget empty
  outage.clear();
  for (let count = 0; count < 5; count += 1) await client.get('orders');
  api.inject(faults.status(503), { times: 1 });
  expect((await client.get('orders')).status).toBe(200); // five successful calls pay for one retry
});

/** What the platform throws when a port refuses connections. */
const refused = (): never => {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED', syscall: 'connect' });
  throw new TypeError('fetch failed', { cause });
};

replay('RT-033', async ({ entry, hides }) => {
  const answers = [refused, () => new Response('{}')];
  let attempts = 0;
  const fetch = async (): Promise<Response> => answers[attempts++]?.() ?? refused();
  const client = createClient({ baseUrl: resource, fetch, retry: { delay: () => 0 } });

  const outcome = await settleCall(client.post('orders', { json: { order: 'CANARY' } }));

  expectCallOutcome(entry, hides(outcome));
  expect(attempts).toBe(2);
});

replay('RT-034', async ({ entry, hides }) => {
  const methods: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { method } = new Request(input, init);
    methods.push(method);
    return method === 'POST' ? new Response(null, { status: 303, headers: { location: '/receipt' } }) : refused();
  };
  const client = createClient({ baseUrl: resource, fetch, retry: { delay: () => 0 } });

  const outcome = await settleCall(client.post('orders', { json: { order: 'CANARY' } }));

  expectCallOutcome(entry, hides(outcome));
  expect(methods).toEqual(['POST', 'GET']);
});
