import { assert, double, integer, property } from 'fast-check';
import { expect, test } from 'vitest';
import { defaultBackoff, pauseAfterFailureMs } from '../../src/token/failure-backoff.ts';
import type { FailureSeries } from '../../src/token/failure-backoff.ts';

const chance = double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const transient: FailureSeries = { count: 1, kind: 'transient', retryAfterMs: undefined };

const pause = (changes: Partial<FailureSeries>, random: number): number =>
  pauseAfterFailureMs({ ...transient, ...changes }, defaultBackoff, () => random);

const dayMs = 86_400_000;

test.each<[string, number, number]>([
  ['a valid token, up to five minutes', dayMs, 300_000],
  ['no token, up to ten seconds', Infinity, 10_000],
])('the cap of the pause after a transient failure doubles: with %s', (_, validMs, longestMs) => {
  assert(
    property(integer({ min: 1, max: 2_000 }), chance, (count, random) => {
      const pauseMs = pause({ count, validMs }, random);

      expect(pauseMs).toBeGreaterThanOrEqual(1_000);
      expect(pauseMs).toBeLessThanOrEqual(Math.min(longestMs, 10_000 * 2 ** (count - 1)));
    }),
  );
});

test('the pause is at least what the server asks for', () => {
  expect(pause({ retryAfterMs: 120_000 }, 0)).toBe(120_000);
  expect(pause({ retryAfterMs: 0 }, 0.5)).toBe(5_500);
});

test('while callers have no token, a Retry-After of more than five minutes counts as five', () => {
  expect(pause({ retryAfterMs: dayMs }, 0)).toBe(300_000);
  expect(pause({ retryAfterMs: Infinity }, 0)).toBe(300_000);
});

test.each(['transient', 'permanent'] as const)(
  'no pause after a %s failure goes past the expiry of a token',
  (kind) => {
    assert(
      property(integer({ min: 1_000, max: dayMs }), chance, (validMs, random) => {
        expect(pause({ kind, validMs, count: 9, retryAfterMs: 3_600_000 }, random)).toBeLessThanOrEqual(validMs);
      }),
    );
  },
);

test('a Retry-After is followed up to the expiry of the token', () => {
  expect(pause({ validMs: dayMs, retryAfterMs: 3_600_000 }, 0)).toBe(3_600_000);
  expect(pause({ validMs: 60_000, retryAfterMs: 3_600_000 }, 0)).toBe(60_000);
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
