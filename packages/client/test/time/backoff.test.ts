import { expect, test } from 'vitest';
import { backoffMs, fullJitter } from '../../src/time/backoff.ts';

test('the delay starts at the base, doubles, and stays at the cap', () => {
  const delays = [1, 2, 3, 4, 5, 60].map((retry) => backoffMs(retry, { baseMs: 100, capMs: 1_000 }));

  expect(delays).toEqual([100, 200, 400, 800, 1_000, 1_000]);
});

test('full jitter gives a delay from 0 to the whole delay', () => {
  expect(fullJitter(400, () => 0)).toBe(0);
  expect(fullJitter(400, () => 0.25)).toBe(100);
  expect(fullJitter(400, () => 0.999)).toBeLessThan(400);
});
