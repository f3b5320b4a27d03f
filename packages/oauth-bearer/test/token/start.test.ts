import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { Token } from '../../src/token/token.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import type { TokenResult } from '../../src/token/token-state.ts';
import { configFor, createToken } from '../create-token.ts';

interface Boot {
  readonly clock: VirtualClock;
  readonly issuer: FakeIssuer;
}

function boot(): Boot {
  const clock = virtualClock();
  return { clock, issuer: fakeIssuer({ clock }) };
}

/** Creates a token; says, in the end, what came of it and after how long. */
async function started(
  { clock, issuer }: Boot,
  changes: Partial<TokenConfig>,
): Promise<{ readonly created: Awaited<ReturnType<typeof Token.create>>; readonly afterMs: number }> {
  const beganAt = clock.now();
  const created = await Token.create(configFor(issuer, { clock, ...changes }));
  return { created, afterMs: clock.now() - beganAt };
}

test('nothing is waited for unless that was asked for', async () => {
  const world = boot();
  world.issuer.inject(faults.status(503));

  const { created, afterMs } = await started(world, {});

  expect(readTokenConfig(configFor(world.issuer)).unwrap().startWaitMs).toBe(0);
  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  expect(afterMs).toBe(0);
});

test('a service that may wait starts when its issuer is up', async () => {
  const world = boot();
  const outage = world.issuer.inject(faults.unreachable());

  const start = started(world, { startWaitMs: 60_000 });
  await world.clock.advance(20_500);
  outage.clear();
  await world.clock.advance(60_000);

  const { created, afterMs } = await start;
  expect(created.unwrap().status()).toMatchObject({ state: 'fresh', generation: 1, failure: undefined });
  expect(afterMs).toBeGreaterThanOrEqual(20_500);
  expect(afterMs).toBeLessThanOrEqual(60_000);
});

test('while it waits, each attempt after the first costs the issuer one request', async () => {
  const world = boot();
  const outage = world.issuer.inject(faults.status(503));

  const start = started(world, { startWaitMs: 60_000 });
  await world.clock.advance(3_500);
  outage.clear();
  await world.clock.advance(1_000);

  expect((await start).created.isOk()).toBe(true);
  expect(world.issuer.counts).toMatchObject({ token: 3 + 3 + 1, granted: 1 });
});

test('when the wait is over, the last error is the answer', async () => {
  const world = boot();
  world.issuer.inject(faults.status(503));

  const start = started(world, { startWaitMs: 30_000, random: () => 0.3 });
  await world.clock.advance(30_000);

  const { created, afterMs } = await start;
  const error = created.unwrapErr();
  expect(error).toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  expect(error.failedAt).toBe(world.clock.now() - 30_000 + afterMs);
  expect(afterMs).toBeGreaterThan(10_000);
  expect(afterMs).toBeLessThanOrEqual(30_000);
});

test('an attempt that could only begin after the wait is not waited for', async () => {
  const world = boot();
  world.issuer.inject(faults.status(429, { headers: { 'retry-after': '40' } }));

  const { created, afterMs } = await started(world, { startWaitMs: 39_999 });

  expect(created.unwrapErr()).toMatchObject({ status: 429, retryAfterMs: 40_000 });
  expect([afterMs, world.issuer.counts.token]).toEqual([0, 1]);
});

test('what the issuer asks for is waited, when there is time for it', async () => {
  const world = boot();
  world.issuer.inject(faults.status(429, { headers: { 'retry-after': '40' } }), { times: 1 });

  const start = started(world, { startWaitMs: 40_000 });
  await world.clock.advance(39_999);
  const early = world.issuer.counts.token;
  await world.clock.advance(1);

  expect((await start).created.isOk()).toBe(true);
  expect(early).toBe(1);
});

test.each([
  ['a client that is not known', faults.status(401, { body: { error: 'invalid_client' } })],
  ['a scope that is not granted', faults.status(400, { body: { error: 'invalid_scope' } })],
  ['a token of another type', faults.tokenType('DPoP')],
])('%s is answered at once: waiting does not help', async (_, fault) => {
  const world = boot();
  world.issuer.inject(fault);

  const { created, afterMs } = await started(world, { startWaitMs: 3_600_000 });

  expect(created.unwrapErr().retryable).toBe(false);
  expect([afterMs, world.issuer.counts.token]).toEqual([0, 1]);
});

test('a token that could not be had leaves no timer and makes no request', async () => {
  const { clock, issuer } = boot();
  issuer.inject(faults.status(503));

  const start = started({ clock, issuer }, { startWaitMs: 5_000 });
  await clock.advance(5_000);
  await start;
  const asked = issuer.counts.token;
  await clock.advance(3_600_000);

  expect(clock.pending).toBe(0);
  expect(issuer.counts.token).toBe(asked);
});

test('a lazy token waits for nothing at its start, whatever it may', async () => {
  const world = boot();
  world.issuer.inject(faults.status(503));

  const { created, afterMs } = await started(world, { start: 'lazy', startWaitMs: 60_000 });

  expect(created.isOk()).toBe(true);
  expect([afterMs, world.issuer.counts.token]).toEqual([0, 0]);
});

test('a token on demand is there at once, asks at its first use, and has no timer', async () => {
  const { clock, issuer } = boot();
  const token = Token.onDemand(configFor(issuer, { clock })).unwrap();
  const unused: TokenResult = token.read();

  const answers = await Promise.all([token.get(), token.get()]);

  expect(unused.unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
  expect(answers.map((each) => each.unwrap().generation)).toEqual([1, 1]);
  expect(issuer.counts.token).toBe(1);
  expect(clock.pending).toBe(0);
});

test.each([-1, Number.NaN, Infinity, '5s'])('startWaitMs has to be milliseconds, not %s', async (startWaitMs) => {
  const { issuer } = boot();

  const created = await Token.create(configFor(issuer, { startWaitMs: startWaitMs as number }));

  expect(created.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'startWaitMs' });
  expect(issuer.requests).toEqual([]);
});

test('an issuer that is up is not waited for', async () => {
  const { clock, issuer } = boot();

  const token = await createToken(issuer, { clock, startWaitMs: 60_000 });

  expect(token.status().state).toBe('fresh');
  expect(issuer.counts.token).toBe(1);
});
