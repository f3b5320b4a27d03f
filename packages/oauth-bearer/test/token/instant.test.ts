import { expect, test } from 'vitest';
import { elapsedMs, instantNow } from '../../src/token/instant.ts';
import { virtualClock } from '@bearings/testing';

test('time passes on both clocks', async () => {
  const clock = virtualClock();
  const since = instantNow(clock);

  await clock.advance(5_000);

  expect(elapsedMs(since, clock)).toBe(5_000);
});

test('setting the wall clock back does not turn back time', async () => {
  const clock = virtualClock();
  const since = instantNow(clock);

  await clock.advance(5_000);
  clock.jumpWall(-3_600_000);

  expect(elapsedMs(since, clock)).toBe(5_000);
});

test('time asleep counts', async () => {
  const clock = virtualClock();
  const since = instantNow(clock);

  await clock.suspend(60_000);

  expect(elapsedMs(since, clock)).toBe(60_000);
});
