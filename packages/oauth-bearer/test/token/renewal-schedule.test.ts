import { assert, double, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { renewAfterMs } from '../../src/token/renewal-schedule.ts';

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
])('a token that lives for %s is renewed at the right time', (...[, lifetimeMs, chanceOf, afterMs]) => {
  expect(renewAfterMs({ lifetimeMs }, timing, () => chanceOf)).toBe(afterMs);
});

test('no token is renewed in the first half of its life, minus a tenth for jitter', () => {
  assert(
    property(duration, timings, chance, (lifetimeMs, each, random) => {
      expect(renewAfterMs({ lifetimeMs }, each, () => random)).toBeGreaterThanOrEqual(lifetimeMs * 0.4 - 0.001);
    }),
  );
});

test('a token is renewed before it expires, or when it is next needed', () => {
  assert(
    property(duration, timings, chance, (lifetimeMs, each, random) => {
      const afterMs = renewAfterMs({ lifetimeMs }, each, () => random);

      expect(afterMs === Infinity || afterMs < lifetimeMs).toBe(true);
      expect(afterMs).toBeGreaterThanOrEqual(each.minRefreshPeriodMs);
    }),
  );
});

test.each([
  ['is young', 600_000, 1_800_000],
  ['is past its renewal time', 1_900_000, 1_910_000],
  ['is about to expire', 3_595_000, Infinity],
])('an adopted token of an hour that %s is not renewed within the shortest period', (...[, ageMs, afterMs]) => {
  expect(renewAfterMs({ lifetimeMs: 3_600_000, ageMs }, timing, () => 0)).toBe(afterMs);
});
