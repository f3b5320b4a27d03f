import { expect, test } from 'vitest';
import { rateLimitResetMs, retryAfterMs } from '../../src/time/retry-after.ts';

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

test.each([
  ['a leap second', 'Fri, 06 Nov 2026 12:00:60 GMT', 60_000],
  ['a leap second in the RFC 850 form', 'Friday, 06-Nov-26 12:01:60 GMT', 120_000],
  [
    'a two-digit year of 50 years from now',
    'Friday, 06-Nov-76 12:00:00 GMT',
    Date.UTC(2076, 10, 6) - Date.UTC(2026, 10, 6),
  ],
  ['a two-digit year of more than 50 years from now', 'Saturday, 06-Nov-77 12:00:00 GMT', 0],
  ['the 29 February of no leap year', 'Sun, 29 Feb 2027 12:00:00 GMT', undefined],
  ['the hour 24', 'Fri, 06 Nov 2026 24:00:00 GMT', undefined],
  ['epoch seconds', '1793966430', 30_000],
  ['epoch milliseconds', '1793966430000', 30_000],
  ['epoch seconds in the past', '1704067200', 0],
  ['an absurd number', '9'.repeat(400), Infinity],
])('in 2026, %s (%s) is a wait of %s ms', (_form, value, expectedMs) => {
  const now = Date.UTC(2026, 10, 6, 12);

  expect(retryAfterMs(new Headers({ 'retry-after': value }), now)).toBe(expectedMs);
});

test('a two-digit year is of the next century when that is near', () => {
  const now = Date.UTC(2099, 11, 31, 23, 59, 30);

  expect(retryAfterMs(new Headers({ 'retry-after': 'Friday, 01-Jan-00 00:00:00 GMT' }), now)).toBe(30_000);
});

test.each(['RateLimit-Reset', 'X-RateLimit-Retry-After', 'X-RateLimit-Reset', 'X-Rate-Limit-Reset'])(
  '%s is seconds, epoch seconds, or a date',
  (name) => {
    const now = Date.UTC(2026, 10, 6, 12);
    const values = ['30', '1793966430', 'Fri, 06 Nov 2026 12:00:30 GMT', 'soon'];

    const waits = values.map((value) => rateLimitResetMs(new Headers({ [name]: value }), now));

    expect(waits).toEqual([30_000, 30_000, 30_000, undefined]);
  },
);

test('without the header there is no wait', () => {
  expect(retryAfterMs(new Headers(), nowMs)).toBeUndefined();
});
