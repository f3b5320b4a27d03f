import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { defaultBackoff, pauseAfterFailureMs } from '../../src/token/failure-backoff.ts';
import type { FailureSeries } from '../../src/token/failure-backoff.ts';

const chance = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const transient: FailureSeries = { count: 1, kind: 'transient', retryAfterMs: undefined };

const pause = (changes: Partial<FailureSeries>, random: number): number =>
  pauseAfterFailureMs({ ...transient, ...changes }, defaultBackoff, () => random);

test('the pause after a transient failure is between one second and a cap that doubles up to five minutes', () => {
  assert(
    property(integer({ min: 1, max: 2_000 }), chance, (count, random) => {
      const pauseMs = pause({ count }, random);

      expect(pauseMs).toBeGreaterThanOrEqual(1_000);
      expect(pauseMs).toBeLessThanOrEqual(Math.min(300_000, 10_000 * 2 ** (count - 1)));
    }),
  );
});

test('the pause is at least what the server asks for', () => {
  expect(pause({ retryAfterMs: 120_000 }, 0)).toBe(120_000);
  expect(pause({ retryAfterMs: 0 }, 0.5)).toBe(5_500);
});

test('a server that asks for more than an hour gets an hour', () => {
  expect(pause({ retryAfterMs: 86_400_000 }, 0)).toBe(3_600_000);
  expect(pause({ retryAfterMs: Infinity }, 0)).toBe(3_600_000);
});

test('a pause ends in the last tenth of a token that is still valid, and is never below a second', () => {
  expect(pause({ count: 6, validMs: 4_000 }, 0.5)).toBe(3_800);
  expect(pause({ count: 6, validMs: 3 }, 0.9)).toBe(1_000);
});

test('processes whose tokens expire together do not all retry at the expiry', () => {
  const pauses = [0.5, 0.75, 0.999].map((random) => Math.round(pause({ count: 6, validMs: 20_000 }, random)));

  expect(pauses).toEqual([19_000, 18_500, 18_002]);
});

test('the pause after a permanent failure is five minutes', () => {
  expect(pause({ kind: 'permanent' }, 0)).toBe(300_000);
});

test('the pause after a terminal failure has no end', () => {
  expect(pause({ kind: 'terminal', retryAfterMs: 1_000 }, 0)).toBe(Infinity);
});
