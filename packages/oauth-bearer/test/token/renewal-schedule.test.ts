import { assert, double, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { renewAfterMs, retryAfterFailureMs } from '../../src/token/renewal-schedule.ts';

const timing = { refreshOffsetMs: 1_800_000, jitterMaxMs: 300_000, minRefreshPeriodMs: 10_000 };
const duration = integer({ min: 0, max: 10 ** 11 });
const timings = record({ refreshOffsetMs: duration, jitterMaxMs: duration, minRefreshPeriodMs: duration });
const chance = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test.each([
  ['a day', 86_400_000, 0, 84_600_000],
  ['an hour', 3_600_000, 0, 1_800_000],
  ['an hour, with jitter', 3_600_000, 0.5, 1_650_000],
  ['a minute', 60_000, 0, 30_000],
  ['fifteen seconds', 15_000, 0, 10_000],
  ['five seconds', 5_000, 0, Infinity],
  ['no time', 0, 0, Infinity],
])('a token that lives for %s is renewed when it should', (...[, lifetimeMs, chanceOf, afterMs]) => {
  expect(renewAfterMs(lifetimeMs, timing, () => chanceOf)).toBe(afterMs);
});

test('no token is renewed in the first half of its life, jitter of a tenth apart', () => {
  assert(
    property(duration, timings, chance, (lifetimeMs, each, random) => {
      expect(renewAfterMs(lifetimeMs, each, () => random)).toBeGreaterThanOrEqual(lifetimeMs * 0.4 - 0.001);
    }),
  );
});

test('a token is renewed before its end, or when it is next needed', () => {
  assert(
    property(duration, timings, chance, (lifetimeMs, each, random) => {
      const afterMs = renewAfterMs(lifetimeMs, each, () => random);

      expect(afterMs === Infinity || afterMs < lifetimeMs).toBe(true);
      expect(afterMs).toBeGreaterThanOrEqual(each.minRefreshPeriodMs);
    }),
  );
});

test('a passing failure waits from one second to a cap that doubles up to five minutes', () => {
  assert(
    property(integer({ min: 1, max: 2_000 }), chance, (count, random) => {
      const afterMs = retryAfterFailureMs({ count, isPassing: true, retryAfterMs: undefined }, () => random);

      expect(afterMs).toBeGreaterThanOrEqual(1_000);
      expect(afterMs).toBeLessThanOrEqual(Math.min(300_000, 10_000 * 2 ** (count - 1)));
    }),
  );
});

test('what the server asks for is the least', () => {
  const facts = { count: 1, isPassing: true };

  expect(retryAfterFailureMs({ ...facts, retryAfterMs: 120_000 }, () => 0)).toBe(120_000);
  expect(retryAfterFailureMs({ ...facts, retryAfterMs: 0 }, () => 0.5)).toBe(5_500);
});

test('a server that asks for more than an hour gets an hour', () => {
  const facts = { count: 1, isPassing: true };

  expect(retryAfterFailureMs({ ...facts, retryAfterMs: 86_400_000 }, () => 0)).toBe(3_600_000);
  expect(retryAfterFailureMs({ ...facts, retryAfterMs: Infinity }, () => 0)).toBe(3_600_000);
});

test('a backoff ends in the last tenth of a token that is still valid, and never below a second', () => {
  const facts = { count: 6, isPassing: true, retryAfterMs: undefined };

  expect(retryAfterFailureMs({ ...facts, validMs: 4_000 }, () => 0.5)).toBe(3_800);
  expect(retryAfterFailureMs({ ...facts, validMs: 3 }, () => 0.9)).toBe(1_000);
});

test('a permanent failure waits five minutes', () => {
  expect(retryAfterFailureMs({ count: 1, isPassing: false, retryAfterMs: undefined }, () => 0)).toBe(300_000);
});
