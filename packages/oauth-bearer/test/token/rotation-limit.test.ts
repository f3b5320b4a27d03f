import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { RateLimiter } from '../../src/token/rotation-limit.ts';

/** How many of so many asked for are given. */
function taken(allowance: RateLimiter, times = 100): number {
  return Array.from({ length: times }, () => allowance.tryTake()).filter(Boolean).length;
}

test('a burst is allowed, then one per period', async () => {
  const clock = virtualClock();
  const allowance = new RateLimiter({ burst: 3, periodMs: 1_000, clock });

  const atOnce = taken(allowance);
  await clock.advance(999);
  const early = taken(allowance);
  await clock.advance(1);
  const later = taken(allowance);

  expect([atOnce, early, later]).toEqual([3, 0, 1]);
});

test('unused periods add up to at most one burst', async () => {
  const clock = virtualClock();
  const allowance = new RateLimiter({ burst: 3, periodMs: 1_000, clock });
  taken(allowance);

  await clock.advance(2_000);
  const two = taken(allowance);
  await clock.advance(60_000);
  const many = taken(allowance);

  expect([two, many]).toEqual([2, 3]);
});

test('a refused request does not delay the next permit', async () => {
  const clock = virtualClock();
  const allowance = new RateLimiter({ burst: 1, periodMs: 1_000, clock });
  taken(allowance);

  for (let step = 0; step < 9; step += 1) {
    await clock.advance(100);
    allowance.tryTake();
  }
  await clock.advance(100);

  expect(taken(allowance)).toBe(1);
});

test('time asleep counts by the wall clock', async () => {
  const clock = virtualClock();
  const allowance = new RateLimiter({ burst: 2, periodMs: 1_000, clock });
  taken(allowance);

  await clock.suspend(5_000);

  expect(taken(allowance)).toBe(2);
});

test('without a period there is no limit', () => {
  expect(taken(new RateLimiter({ burst: 5, periodMs: 0, clock: virtualClock() }), 1_000)).toBe(1_000);
});
