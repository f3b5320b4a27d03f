import { expect, test } from 'vitest';
import type { Act, WorldOptions } from './world.ts';
import { World } from './world.ts';

const options: WorldOptions = {
  timing: { refreshOffsetMs: 0, jitterMaxMs: 0, minRefreshPeriodMs: 0 },
  isTimed: false,
  isDeaf: false,
  random: () => 0,
};

const act = (world: World, one: Act): Promise<void> => world.act([{ act: one, turns: 0 }]);

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
