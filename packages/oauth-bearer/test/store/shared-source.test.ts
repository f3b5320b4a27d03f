import { virtualClock } from '@bearings/testing';
import { Ok } from 'ts-results';
import { expect, test } from 'vitest';
import type { TokenSource } from '../../src/sources/token-source.ts';
import { Token } from '../../src/token/token.ts';
import { createSharedSource } from '../../src/store/shared-source.ts';
import {
  callApi,
  CountedStore,
  createFleet,
  plainSeal,
  createReplica,
  getAll,
  limited,
  PausableStore,
} from './fleet.ts';
import { recordEvents } from '../create-token.ts';

const hourMs = 3_600_000;
const none = { failed: 0 };

test('replicas that start at once make one token request, and all have the same token', async () => {
  const fleet = await createFleet({ size: 20 });

  const values = await getAll(fleet);

  expect(new Set(values)).toEqual(new Set(['t1']));
  expect(fleet.provider.requests).toBe(1);
});

test('without notifications the waiting replicas ask again after a while', async () => {
  const fleet = await createFleet({ size: 20, canWatch: false });

  const values = await getAll(fleet);

  expect(new Set(values)).toEqual(new Set(['t1']));
  expect(fleet.provider.requests).toBe(1);
});

test.each([0, 1_000])(
  'a mass revocation costs one request and no call when the 401s come within %i ms',
  async (spreadMs) => {
    const fleet = await createFleet({ size: 20 });
    await getAll(fleet);
    await fleet.clock.advance(60_000);
    fleet.provider.revokeAll();

    const calls = await callApi(fleet, { spreadMs });

    expect(calls).toMatchObject({ ok: 20, ...none });
    expect(fleet.provider.requests).toBe(2);
  },
);

test('replicas on three generations of tokens recover from a mass revocation with one request and two replays', async () => {
  const fleet = await createFleet({ size: 21 });
  for (const third of [0, 1, 2]) {
    const replicas = fleet.replicas.slice(third * 7, third * 7 + 7);
    await getAll({ ...fleet, replicas });
    await fleet.clock.advance(60_000);
    fleet.store.flush();
  }
  const before = fleet.provider.requests;
  fleet.provider.revokeAll();

  const calls = await callApi(fleet, { spreadMs: 500 });

  expect(before).toBe(3);
  expect(fleet.provider.requests).toBe(before + 1);
  expect(calls).toMatchObject({ ok: 21, ...none });
  expect(calls.replays).toBeLessThanOrEqual(2);
});

test('an API that rejects every token for ten seconds causes four requests of all replicas together', async () => {
  const fleet = await createFleet({ size: 20 });
  await getAll(fleet);
  await fleet.clock.advance(60_000);
  const before = fleet.provider.requests;
  fleet.provider.revoked = Infinity;

  for (let second = 0; second < 10; second += 1) await callApi(fleet, { spreadMs: 500, ms: 1_000 });

  expect(fleet.provider.requests - before).toBeLessThanOrEqual(4);
});

test('after a renewal by one replica the others take the token, with one question each', async () => {
  const fleet = await createFleet({ size: 20 });
  await getAll(fleet);
  const callsBefore = fleet.store.calls;

  await fleet.clock.advance(hourMs * 0.6);

  expect(fleet.provider.requests).toBe(2);
  expect(fleet.store.calls - callsBefore).toBeLessThanOrEqual(2 * 20);
});

test('between two renewals no replica uses the store', async () => {
  const fleet = await createFleet({ size: 5 });
  await getAll(fleet);
  const before = fleet.store.calls;

  for (let count = 0; count < 20; count += 1) {
    await fleet.clock.advance(60_000);
    await callApi(fleet, { ms: 0 });
  }

  expect(fleet.store.calls).toBe(before);
});

test('a late 401 for the last token but one causes no request', async () => {
  const fleet = await createFleet({ size: 2 });
  const [token] = fleet.replicas;
  await getAll(fleet);
  const old = token?.read().unwrap();
  await fleet.clock.advance(hourMs * 0.6);
  const before = fleet.provider.requests;

  const current = (await token?.invalidate(old))?.unwrap();

  expect(current?.secret.expose()).toBe('t2');
  expect(fleet.provider.requests).toBe(before);
});

test('at a server that keeps only the newest token, ten renewals of 20 replicas are ten requests and no failed call', async () => {
  const fleet = await createFleet({ size: 20 });
  await getAll(fleet);
  let failed = 0;
  for (let renewal = 0; renewal < 10; renewal += 1) {
    const { requests } = fleet.provider;
    while (fleet.provider.requests === requests) await fleet.clock.advance(1_000);
    fleet.provider.revoked = fleet.provider.requests - 1;
    failed += (await callApi(fleet, { spreadMs: 300 })).failed;
    await fleet.clock.advance(360_000);
  }

  expect(failed).toBe(0);
  expect(fleet.provider.requests).toBe(11);
});

test('replicas whose store has lost everything do not go back to an older token', async () => {
  const fleet = await createFleet({ size: 4 });
  await getAll(fleet);
  await fleet.clock.advance(hourMs * 0.6);
  fleet.store.flush();
  await fleet.clock.advance(hourMs * 0.2);

  const values = await getAll(fleet);

  expect(fleet.provider.requests).toBe(2);
  expect(new Set(values)).toEqual(new Set(['t2']));
});

test('a killed holder delays the others by the rest of its lease, and costs one more request', async () => {
  const fleet = await createFleet({ size: 5 });
  const store = new PausableStore(fleet.store);
  const killed = await createReplica({ ...fleet, store });
  void killed.get();
  await fleet.clock.advance(10);
  store.pause(); // a killed process does not extend its lease, nor store its token

  const values = await getAll(fleet, 3_000 + 600 + 200);

  expect(new Set(values)).toEqual(new Set(['t2']));
  expect(fleet.provider.requests).toBe(2);
});

test('a holder that stops beyond its lease replaces no younger token afterwards, and takes it', async () => {
  const fleet = await createFleet({ size: 5 });
  const store = new PausableStore(fleet.store);
  const stopped = await createReplica({ ...fleet, store });
  const late = stopped.get();
  await fleet.clock.advance(10);
  store.pause();
  await getAll(fleet, 3_700);
  store.resume();
  await fleet.clock.advance(20_000);

  const cold = await createReplica(fleet);
  const values = await getAll({ ...fleet, replicas: [cold, stopped] });

  expect((await late).isOk()).toBe(true);
  expect(values[0]).toBe('t2');
  expect(fleet.provider.requests).toBe(2);
});

test('a holder whose token is older than the stored one takes that one', async () => {
  const fleet = await createFleet({ size: 1 });
  const { clock, provider } = fleet;
  const store = new PausableStore(fleet.store);
  const slow = await createReplica({ ...fleet, store });
  provider.delayMs = 6_000;
  const late = slow.get();
  await clock.advance(10);
  store.pause();
  await clock.advance(3_100);
  provider.delayMs = 200;
  await getAll(fleet, 1_000);
  store.resume();
  await clock.advance(5_000);

  expect((await late).unwrap().secret.expose()).toBe('t2');
  expect(provider.requests).toBe(2);
});

test.each(['hangs', 'is slow', 'fails'] as const)(
  'with a store that %s each replica makes one request after a mass 401, and no call fails',
  async (fault) => {
    const fleet = await createFleet({ size: 20 });
    await getAll(fleet);
    await fleet.clock.advance(60_000);
    fleet.store.fault = fault;
    fleet.provider.revokeAll();

    const calls = await callApi(fleet, { ms: 2_500 + 200 });

    expect(calls).toMatchObject({ ok: 20, ...none });
    expect(fleet.provider.requests).toBe(21);
  },
);

test('a store that is back is used again: one request for each rotation', async () => {
  const fleet = await createFleet({ size: 20 });
  await getAll(fleet);
  await fleet.clock.advance(60_000);
  fleet.store.fault = 'fails';
  fleet.provider.revokeAll();
  await callApi(fleet);
  fleet.store.fault = undefined;
  await fleet.clock.advance(60_000);
  const before = fleet.provider.requests;
  fleet.provider.revokeAll();

  const calls = await callApi(fleet, { spreadMs: 300 });

  expect(calls).toMatchObject({ ok: 20, ...none });
  expect(fleet.provider.requests).toBe(before + 1);
});

test('while the store is away, replicas with valid tokens make no request before the last third of the lifetime', async () => {
  const fleet = await createFleet({ size: 20 });
  await getAll(fleet);
  fleet.store.fault = 'hangs';

  await fleet.clock.advance(hourMs * 0.66);
  const early = fleet.provider.requests;
  await fleet.clock.advance(hourMs * 0.34);

  expect(early).toBe(1);
  expect(fleet.provider.requests).toBe(21);
  expect(fleet.replicas.filter((token) => token.read().isErr())).toEqual([]);
});

test('a server that asks for 30 s of silence gets two requests at most in that time, from all replicas', async () => {
  const fleet = await createFleet({ size: 20 });
  fleet.provider.failure = limited(30_000);
  const failed = Promise.all(fleet.replicas.map((token) => token.get()));
  await fleet.clock.advance(1_000);
  await failed;

  for (let second = 0; second < 29; second += 1) {
    for (const token of fleet.replicas) void token.get();
    await fleet.clock.advance(1_000);
  }

  expect(fleet.provider.requests).toBeLessThanOrEqual(2);
});

test('a damaged entry is not replaced later either, by the replica that could not open it', async () => {
  const fleet = await createFleet({ size: 1 });
  await getAll(fleet);
  const { clock, store, provider } = fleet;
  const seal = { ...plainSeal, open: async () => undefined };
  const context = { store, seal, key: async () => 'key', rotationPeriodMs: 0, clock, random: () => 0 };
  const source = createSharedSource(provider.createSource(), context);
  const token = (await Token.from(source, { clock, start: 'lazy' })).unwrap();
  const own = token.get();
  await clock.advance(60_000);

  const values = await getAll({ ...fleet, replicas: [await createReplica(fleet)] });

  expect((await own).unwrap().secret.expose()).toBe('t2');
  expect(values).toEqual(['t1']);
});

test('a token with the claims that a resource requires is not shared', async () => {
  const clock = virtualClock();
  const store = new CountedStore(clock);
  const asked: (string | undefined)[] = [];
  const source: TokenSource = {
    acceptsClaims: true,
    acquire: async ({ claims }) => {
      asked.push(claims);
      return Ok({ value: 't', lifetimeMs: 60_000 });
    },
  };
  const context = { store, seal: plainSeal, key: async () => 'key', rotationPeriodMs: 0, clock, random: () => 0 };
  const shared = createSharedSource(source, context);

  await shared.acquire({ signal: new AbortController().signal, isProbe: false, claims: 'e30' });

  expect(shared.acceptsClaims).toBe(true);
  expect(asked).toEqual(['e30']);
  expect(store.calls).toBe(0);
});

test('a listener learns how the store took part', async () => {
  const fleet = await createFleet({ size: 1 });
  const [first] = fleet.replicas;
  const second = await createReplica(fleet);
  const events = [first, second].map((token) => token && recordEvents(token));
  await getAll({ ...fleet, replicas: [first ?? second] });
  await getAll({ ...fleet, replicas: [second] });
  fleet.store.fault = 'fails';
  void second.invalidate();
  await fleet.clock.advance(2_000);

  const outcomes = events.map((list) => list?.flatMap((event) => (event.type === 'store' ? [event.outcome] : [])));

  expect(outcomes).toEqual([['requested'], ['taken', 'fallback']]);
});
