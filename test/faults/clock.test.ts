import { createClient, systemClock } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, faults, combineFetch, virtualClock } from '@bearings/testing';
import type { Routes } from '@bearings/testing';
import { expect, vi } from 'vitest';
import {
  createIssuer,
  tokenConfig,
  hourMs,
  minuteMs,
  resource,
  createService,
  catchError,
  tokenValue,
} from './create-service.ts';
import { replay } from './replay.ts';
import { createShiftedClock } from './shifted-clock.ts';

replay('CK-001', async ({ hides }) => {
  const timing = { refreshOffsetMs: minuteMs };
  for (const [beforeMs, requests, state] of [
    [1, 1, 'fresh'],
    [0, 2, 'stale'],
    [-1, 2, 'stale'],
  ] as const) {
    const asleep = await createService({ token: timing });
    await asleep.clock.suspend(hourMs - minuteMs - beforeMs);

    expect(asleep.token.status().state).toBe(state);
    expect(tokenValue(await asleep.token.get())).toBe('at_CANARY_1');

    await asleep.clock.settle();
    expect(asleep.issuer.counts.token).toBe(requests);
    hides(asleep.token.status());
    const awake = await createService({ token: timing });
    await awake.clock.advance(hourMs - minuteMs - beforeMs);
    expect(awake.issuer.counts.token).toBe(requests);
  }
  for (const [beforeMs, value, state] of [
    [1, 'at_CANARY_1', 'stale'],
    [0, 'at_CANARY_2', 'expired'],
  ] as const) {
    const { clock, token } = await createService({ token: timing });
    await clock.suspend(hourMs - beforeMs);

    expect(token.status().state).toBe(state);
    expect(tokenValue(await token.get())).toBe(value);
  }
});

replay('CK-002', async ({ hides }) => {
  const { clock, client, issuer, sent, token } = await createService();
  const outage = issuer.inject(faults.unreachable());
  clock.jumpWall(-hourMs);

  for (let minute = 0; minute < 60; minute += 1) {
    await client.get('orders').json();
    await clock.advance(minuteMs);
  }
  const late = catchError(() => client.get('orders').json());
  await clock.advance(minuteMs);

  expect(hides(await late)).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  expect(sent()).toEqual(Array.from({ length: 60 }, () => 'at_CANARY_1'));
  expect(issuer.counts.token).toBeLessThan(60);
  outage.clear();
  await clock.advance(6 * minuteMs);
  const afterOutage = issuer.counts.token;
  for (let minute = 0; minute < 120; minute += 1) {
    expect(tokenValue(await token.get())).not.toBe('at_CANARY_1');
    await clock.advance(minuteMs);
  }
  expect(issuer.counts.token - afterOutage).toBeLessThanOrEqual(5);
  expect(hides(token.status())).toMatchObject({ state: 'fresh' });
});

replay('CK-004', async ({ hides }) => {
  const { api, clock, client, issuer, sent, token } = await createService();
  await client.get('orders').json();
  const slow = issuer.inject(faults.hang());
  await clock.suspend(2 * hourMs);

  const call = client.get('orders').json();
  await clock.settle();
  expect(api.requests).toHaveLength(1);
  slow.clear();
  await call;

  expect(sent()).toEqual(['at_CANARY_1', 'at_CANARY_2']);
  expect(issuer.counts.token).toBe(2);
  await clock.advance(hourMs / 2 - 1); // the first token's timer would fire here
  expect(issuer.counts.token).toBe(2);
  expect(clock.pending).toBe(1);
  await clock.suspend(2 * hourMs);
  await clock.advance(1); // the timer fires two hours late, before the next caller
  expect(issuer.counts.token).toBe(3);
  expect(tokenValue(await token.get())).toBe('at_CANARY_3');
  expect(issuer.counts.token).toBe(3);
  hides(token.status());
});

replay('CK-006', async ({ hides }) => {
  let blockedMs = 0;
  const blocked = (ms: number): number => ms + blockedMs;
  const machine = virtualClock();
  const clock = createShiftedClock(machine, { now: blocked, monotonic: blocked });
  const issuer = createIssuer({ clock });
  const api = fakeApi(issuer, undefined, { origin: resource, clock });
  const fetch = combineFetch(issuer, api);
  const token = (await Token.create(tokenConfig(issuer, { fetch, clock }))).unwrap();
  const client = createClient({ baseUrl: resource, fetch, clock, retry: 0 }, withBearerAuth(token));
  const [timerIsIn] = machine.waits;
  const expired = token.read().unwrap();

  blockedMs = hourMs + 5 * minuteMs;
  expect(hides(token.read()).isErr()).toBe(true);
  await client.get('orders').json();

  expect(timerIsIn).toBeGreaterThan(0); // it has not fired: the monotonic clock has not moved
  expect(machine.monotonic()).toBe(0);
  expect(expired.expiresAt).toBe(clock.now() - 5 * minuteMs);
  expect(api.requests.map((request) => request.header('authorization'))).toEqual(['Bearer at_CANARY_2']);
  expect(issuer.counts.token).toBe(2);
  await token.close();
});

replay('CK-007', async ({ hides }) => {
  const clock = virtualClock();
  const issuer = createIssuer({ clock, tokenLifetimeMs: 10 * minuteMs });
  const invalid = (): Response =>
    Response.json({}, { status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } });
  let aheadMs = 5 * minuteMs;
  const routes: Routes = {
    'GET /orders': ({ token }) => (token.expiresAt <= clock.serverTime.now() + aheadMs ? invalid() : { id: 42 }),
  };
  const api = fakeApi(issuer, routes, { origin: resource, clock });
  const fetch = combineFetch(issuer, api);
  const token = (await Token.create(tokenConfig(issuer, { fetch, clock, refreshOffsetMs: minuteMs }))).unwrap();
  const client = createClient({ baseUrl: resource, fetch, clock }, withBearerAuth(token));
  await clock.advance(6 * minuteMs);

  expect(token.status().state).toBe('fresh');
  expect((await client.fetch('/orders')).status).toBe(200);

  expect(api.requests.map((request) => request.header('authorization'))).toEqual([
    'Bearer at_CANARY_1',
    'Bearer at_CANARY_2',
  ]);
  expect(issuer.counts.token).toBe(2);
  aheadMs = hourMs;
  await clock.advance(minuteMs);
  const refused = await client.fetch('/orders');
  expect(refused.status).toBe(401);
  expect(api.counts).toEqual({ requests: 4, unauthorized: 3, forbidden: 0 });
  expect(issuer.counts.token).toBe(3);
  hides([refused, token.status()]);
  await token.close();
});

replay('CK-008', async ({ hides }) => {
  const { clock, client, issuer, sent, token } = await createService({
    issuer: { tokenLifetimeMs: 10_000 },
    token: { refreshOffsetMs: minuteMs },
  });
  for (let second = 0; second < 5; second += 1) {
    await client.get('orders').json();
    await clock.advance(999);
  }

  expect(issuer.counts.token).toBe(1);
  expect(sent()).toEqual(Array.from({ length: 5 }, () => 'at_CANARY_1'));
  expect(token.status().state).toBe('fresh');
  hides(token.status());
  const longer = await createService({
    issuer: { tokenLifetimeMs: 40_000 },
    token: { refreshOffsetMs: minuteMs },
  });
  await longer.clock.advance(19_999);
  expect(longer.issuer.counts.token).toBe(1);
  await longer.clock.advance(1);
  expect(longer.issuer.counts.token).toBe(2);
});

/** Replaces the global timers by fake ones, and restores them at the end. */
async function inFakeTime(run: () => Promise<void>): Promise<void> {
  vi.useFakeTimers();
  try {
    await run();
  } finally {
    vi.useRealTimers();
  }
}

replay('CK-010', async ({ hides }) => {
  await inFakeTime(async () => {
    const dayMs = 24 * hourMs;
    const issuer = createIssuer({ tokenLifetimeMs: 60 * dayMs });
    const timers = vi.spyOn(globalThis, 'setTimeout');
    const token = (await Token.create(tokenConfig(issuer, { fetch: issuer.fetch, clock: systemClock }))).unwrap();

    await vi.advanceTimersByTimeAsync(2 ** 31 + 1_000);
    expect(issuer.counts.token).toBe(1);
    await vi.advanceTimersByTimeAsync(60 * dayMs - hourMs / 2 - 1_001 - 2 ** 31);
    expect(issuer.counts.token).toBe(1);
    await vi.advanceTimersByTimeAsync(1);

    expect(issuer.counts.token).toBe(2);
    const delays = timers.mock.calls.map(([, delayMs = 0]) => delayMs);
    expect(Math.max(...delays)).toBe(2 ** 31 - 1);
    expect(delays.filter((delayMs) => delayMs === 2 ** 31 - 1).length).toBeGreaterThanOrEqual(2);
    hides(token.status());
    await token.close();
    timers.mockRestore();
  });
});

replay('CK-011', async ({ hides }) => {
  const lives: readonly (readonly [lifetimeMs: number, delayMs: number])[] = [
    [0, 0],
    [1, 0],
    [1_000, 0],
    [9_000, 8_999],
    [11_000, 9_500],
    [20_000, 9_900],
  ];
  for (const [tokenLifetimeMs, delayMs] of lives) {
    const { clock, issuer, token } = await createService({ issuer: { tokenLifetimeMs }, token: { start: 'lazy' } });
    issuer.inject(faults.delay(delayMs));
    const first = token.get();
    await clock.advance(10 * minuteMs);

    expect((await first).isOk()).toBe(tokenLifetimeMs > 0); // a token that expires at once is refused
    const instants = issuer.requests.map(({ at }) => at);
    const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? 0));
    expect(gaps.filter((gapMs) => gapMs < 10_000)).toEqual([]);
    hides(token.status());
  }
  const { clock, issuer, token } = await createService({ token: { start: 'lazy' } });
  issuer.inject(faults.delay(5_000));
  void token.get();
  await clock.advance(3_000);
  clock.jumpWall(hourMs); // the response arrives long after the renewal time
  await clock.advance(minuteMs);
  expect(issuer.counts.token).toBe(2);
  expect(token.status().state).toBe('fresh');
});

replay('CK-012', async ({ hides }) => {
  const days = await Promise.all([0, 5e-4, -5e-4].map(aDayWith));

  expect(days.map(({ codes }) => codes)).toEqual([[], [], []]);
  const [right, fast, slow] = days.map(({ requests }) => requests);
  expect(right).toBeGreaterThan(40);
  expect([fast, slow]).toEqual([right, right]);
  hides(days);
});

/** A day of a service whose wall clock runs too fast or too slow by this share. */
async function aDayWith(slew: number): Promise<{ readonly requests: number; readonly codes: readonly number[] }> {
  const machine = virtualClock();
  const startAt = machine.now();
  const clock = createShiftedClock(machine, { now: (ms) => startAt + (ms - startAt) * (1 + slew) });
  const issuer = createIssuer({ clock: machine });
  const api = fakeApi(issuer, undefined, { origin: resource, clock: machine });
  const fetch = combineFetch(issuer, api);
  await using token = (await Token.create(tokenConfig(issuer, { fetch, clock }))).unwrap();
  const client = createClient({ baseUrl: resource, fetch, clock, retry: 0 }, withBearerAuth(token));
  const codes: number[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 5) {
    const { status } = await client.fetch('/orders');
    if (status !== 200) codes.push(status);
    await machine.advance(5 * minuteMs);
  }
  codes.push(...Array.from({ length: api.counts.unauthorized }, () => 401));
  return { requests: issuer.counts.token, codes };
}

replay('CK-014', async ({ hides }) => {
  await inFakeTime(async () => {
    const issuer = createIssuer();
    const api = fakeApi(issuer, undefined, { origin: resource });
    const fetch = combineFetch(issuer, api);
    const token = (await Token.create(tokenConfig(issuer, { fetch }))).unwrap();
    const client = createClient({ baseUrl: resource, fetch }, withBearerAuth(token));
    const boughtAt = Date.now();

    await vi.advanceTimersByTimeAsync(hourMs / 2 - 1);
    expect(issuer.counts.token).toBe(1);
    await vi.advanceTimersByTimeAsync(1);

    expect(issuer.counts.token).toBe(2);
    expect(tokenValue(token.read())).toBe('at_CANARY_2');
    expect(token.status()).toMatchObject({ generation: 2, issuedAt: boughtAt + hourMs / 2 });
    const retried = api.inject(faults.status(503), { times: 1 });
    const call = client.get('orders').json();
    await vi.advanceTimersByTimeAsync(1_000);
    await call;
    expect(retried.hits).toBe(1);
    hides(token.status());
    await token.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
