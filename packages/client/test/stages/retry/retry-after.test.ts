import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/stages/retry/retry-after.ts';

// the moment of RFC 9110's own examples, half a minute before
const nowMs = Date.UTC(1994, 10, 6, 8, 49, 7);
const asked = (value: string): number | undefined => retryAfterMs(new Headers({ 'retry-after': value }), nowMs);

test.each([
  ['seconds', '120', 120_000],
  ['no seconds', '0', 0],
  ['an IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', 30_000],
  ['an RFC 850 date', 'Sunday, 06-Nov-94 08:49:37 GMT', 30_000],
  ['an asctime date', 'Sun Nov  6 08:49:37 1994', 30_000],
  ['a date in the past', 'Sun, 06 Nov 1994 08:00:00 GMT', 0],
])('%s is parsed', (_form, value, expectedMs) => {
  expect(asked(value)).toBe(expectedMs);
});

test.each([
  '1994-11-06T08:49:37Z',
  '1.5',
  '-1',
  '1e3',
  'soon',
  '',
  'Sun, 06 Nov 1994',
  'Sun, 99 Nov 1994 08:49:37 GMT',
])('%j is neither a number nor a date, so the backoff applies', (value) => {
  expect(asked(value)).toBeUndefined();
});

test('without the header there is no wait', () => {
  expect(retryAfterMs(new Headers(), nowMs)).toBeUndefined();
});
