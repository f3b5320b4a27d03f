import { expect, test } from 'vitest';
import type { Act, Beat, WorldOptions } from './world.ts';
import { World } from './world.ts';
import type { Reply } from './scripted-endpoint.ts';

const options: WorldOptions = {
  timing: { refreshOffsetMs: 0, jitterMaxMs: 0, minRefreshPeriodMs: 0 },
  isTimed: false,
  isDeaf: false,
  random: () => 0,
};

const act = (world: World, one: Act): Promise<void> => world.act([{ act: one, turns: 0 }]);
const get: Beat = { act: { kind: 'get' }, turns: 0 };
const invalidate: Beat = { act: { kind: 'invalidate' }, turns: 0 };
const answer = (reply: Reply): Beat => ({ act: { kind: 'answer', place: 0, reply }, turns: 0 });

/** A world whose callers have a token. */
async function withToken(lifetimeMs: number): Promise<World> {
  const timing = { refreshOffsetMs: 0, jitterMaxMs: 0, minRefreshPeriodMs: 10_000 };
  const world = await World.create({ ...options, timing, isTimed: true });
  await world.act([get]);
  await world.act([answer({ kind: 'new', lifetimeMs })]);
  return world;
}

// found by the search with SEED=1927933042
test('a listener that reports an expired token starts no request during a pause, and no caller waits for one', async () => {
  const world = await World.create({ ...options, reaction: { to: 'expired', act: { kind: 'invalidate' } } });
  await act(world, { kind: 'get' });
  await act(world, { kind: 'answer', place: 0, reply: { kind: 'new', lifetimeMs: 5_000 } });
  await world.pass({ kind: 'advance', ms: 4_600 });
  await act(world, { kind: 'get', minValidityMs: 5_000 });
  await act(world, { kind: 'answer', place: 0, reply: { kind: 'busy', retryAfterMs: 45_000 } });
  await world.pass({ kind: 'advance', ms: 500 });

  await act(world, { kind: 'get' });

  expect(world.waiting).toEqual([]);
  expect(world.monitor.counts.requests).toBe(2);
  await world.end();
});

// found with SEED=5 and SEED=22
test('a token that was found to have expired is not served again when the wall clock is set back', async () => {
  const world = await withToken(60_000);
  await world.pass({ kind: 'suspend', ms: 60_000 });
  await world.act([get]);
  await world.pass({ kind: 'jumpWall', ms: -3_600_000 });

  await world.act([invalidate]);
  await world.act([get]);

  expect(world.monitor.counts.rotations).toBe(0);
  expect(world.seen).toHaveLength(1);
  expect(world.token.status()).toMatchObject({ state: 'expired', validForMs: 0 });
  await world.end();
});

// found with SEED=11 and SEED=2034659432
test('a token that expired before a failure stays expired when the wall clock is set back', async () => {
  const world = await withToken(15_000);
  await world.pass({ kind: 'suspend', ms: 60_000 });
  await world.act([get]);
  await world.act([answer({ kind: 'busy', retryAfterMs: 45_000 })]);
  await world.pass({ kind: 'jumpWall', ms: -3_600_000 });

  await world.act([invalidate, get]);

  expect(world.monitor.counts.requests).toBe(2);
  expect(world.token.status()).toMatchObject({ state: 'expired', validForMs: 0 });
  await world.end();
});

// found with SEED=2034659432
test('a caller gets the token that is being rotated, also when the next one comes a few turns later', async () => {
  const world = await withToken(3_600_000);
  await world.act([invalidate]);
  await world.act([answer({ kind: 'busy', retryAfterMs: 2_000 })]);
  await world.pass({ kind: 'tick' });
  await world.act([invalidate]);

  await world.act([answer({ kind: 'new', lifetimeMs: 3_600_000 }), { ...get, turns: 34 }]);

  expect(world.monitor.current?.generation).toBe(2);
  expect(world.waiting).toEqual([]);
  await world.end();
});
