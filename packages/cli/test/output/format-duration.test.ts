import { expect, test } from 'vitest';
import { formatDuration, formatInstant } from '../../src/output/format-duration.ts';

test.each([
  [0, '0 ms'],
  [349.6, '350 ms'],
  [1_000, '1 s'],
  [1_499, '1 s'],
  [59_400, '59 s'],
  [59_500, '1 min'],
  [125_000, '2 min 5 s'],
  [3_600_000, '1 h'],
  [3_605_000, '1 h'],
  [3_725_000, '1 h 2 min'],
  [86_400_000, '1 d'],
  [93_600_000, '1 d 2 h'],
  [86_460_000, '1 d'],
  [-5, '0 ms'],
  [Infinity, 'no end'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('an instant of today is a time, of another day a date and a time, both local', () => {
  const now = new Date(2026, 10, 6, 23, 59, 59).getTime();

  expect(formatInstant(new Date(2026, 10, 6, 4, 5, 6).getTime(), now)).toBe('04:05:06');
  expect(formatInstant(now + 1_000, now)).toBe('2026-11-07 00:00');
});
