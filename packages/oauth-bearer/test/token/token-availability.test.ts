import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, IssuerFault, VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { configFor, createToken } from '../create-token.ts';
import { randomFrom } from '../model/random-from.ts';

const minuteMs = 60_000;

interface Scene {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
  readonly token: Token;
}

/** A token that lives for five minutes. */
async function scene(changes: Partial<TokenConfig> = {}): Promise<Scene> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 5 * minuteMs });
  return { clock, issuer, token: await createToken(issuer, { clock, ...changes }) };
}

/** Uses the token once per second; answers with the seconds at which there was none. */
async function useFor(seconds: number, { clock, token }: Scene): Promise<readonly number[]> {
  const failed: number[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    await clock.advance(1_000);
    if ((await token.get()).isErr()) failed.push(second);
  }
  return failed;
}

test.each<[string, IssuerFault]>([
  ['404', faults.status(404)],
  ['403', faults.status(403)],
  ['401', faults.status(401)],
  ['405', faults.status(405)],
  ['400 invalid_client', faults.status(400, { body: { error: 'invalid_client' } })],
  ['401 invalid_client', faults.status(401, { body: { error: 'invalid_client' } })],
  ['503 with Retry-After: 3600', faults.status(503, { headers: { 'retry-after': '3600' } })],
  ['429 with Retry-After: 86400', faults.status(429, { headers: { 'retry-after': '86400' } })],
])('one %s at a renewal ahead of expiry fails no call', async (_, fault) => {
  const world = await scene();
  world.issuer.inject(fault, { times: 1 });

  const failed = await useFor(600, world);

  expect(failed).toEqual([]);
});

test.each([404, 403, 405, 302])('an eager start goes on after a %d without an OAuth error', async (status) => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  issuer.inject(faults.status(status), { times: 2 });

  const created = Token.create(configFor(issuer, { clock, startWaitMs: minuteMs }));
  await clock.advance(minuteMs);

  expect((await created).isOk()).toBe(true);
});

test('a secret that is corrected works at the next call', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  let secret = 'wrong';
  const token = await createToken(issuer, { clock, start: 'lazy', clientSecret: async () => secret });
  const first = await token.get();

  await clock.advance(minuteMs);
  const wrong = await token.get();
  secret = issuer.credentials.clientSecret;
  await clock.advance(1_000);
  const corrected = await token.get();

  expect([first, wrong].map((each) => each.unwrapErr().kind)).toEqual(['permanent', 'permanent']);
  expect(corrected.isOk()).toBe(true);
  expect(issuer.counts.refused).toBe(1);
});

test.each([1, 5, 15, 60])('after an outage of %d minutes calls work again within seconds', async (minutes) => {
  const waits: number[] = [];
  for (let seed = 1; seed <= 10; seed += 1) {
    const world = await scene({ random: randomFrom(seed) });
    const { clock, issuer, token } = world;
    await clock.suspend(5 * minuteMs);
    const outage = issuer.inject(faults.status(503));
    await clock.suspend((minutes - 1) * minuteMs);
    for (let second = 0; second < 60; second += 5) {
      void token.get();
      await clock.advance(5_000);
    }
    outage.clear();
    let waitedMs = 0;
    while (token.read().isErr()) {
      void token.get();
      await clock.advance(500);
      waitedMs += 500;
    }
    waits.push(waitedMs);
    await token.close();
  }

  const median = waits.toSorted((a, b) => a - b)[5] ?? Infinity;
  expect(median).toBeLessThanOrEqual(5_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
});

test('when the token endpoint hangs, a caller that needs a longer validity waits a second, and once', async () => {
  const { clock, issuer, token } = await scene({ refreshOffsetMs: 0, acquireTimeoutMs: 20_000 });
  issuer.inject(faults.hang());
  await clock.advance(5 * minuteMs - 40_000);
  const waits: number[] = [];

  for (let second = 0; second < 35; second += 1) {
    const startedAt = clock.monotonic();
    const waiting = measure(clock, startedAt, token.get({ minValidityMs: minuteMs }));
    await clock.advance(1_000);
    waits.push(await waiting);
  }

  expect(waits).toEqual([1_000, ...Array(34).fill(0)]);
});

async function measure(clock: VirtualClock, startedAt: number, answer: ReturnType<Token['get']>): Promise<number> {
  const token = (await answer).unwrap();
  expect(token.generation).toBe(1);
  return clock.monotonic() - startedAt;
}

test('while a rotation hangs, callers of other resources go on with the token after a second', async () => {
  const { clock, issuer, token } = await scene();
  const first = token.read().unwrap();
  issuer.inject(faults.hang());
  void token.invalidate(first);

  const startedAt = clock.monotonic();
  const early = measure(clock, startedAt, token.get());
  await clock.advance(1_000);
  const later = measure(clock, startedAt, token.get());

  expect([await early, await later]).toEqual([1_000, 1_000]);
  expect(token.status().state).toBe('rejected');
});

test('while a rotation is quick, callers wait for the new token', async () => {
  const { issuer, token } = await scene();
  void token.invalidate();

  const next = await token.get();

  expect(next.unwrap().generation).toBe(2);
  expect(issuer.counts.token).toBe(2);
});
