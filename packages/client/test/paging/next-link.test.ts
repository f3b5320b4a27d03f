import { expect, test } from 'vitest';
import { nextLink } from '../../src/paging/next-link.ts';

test.each([
  ['</orders?page=2>; rel="next"', '/orders?page=2'],
  ['<https://api.example/?a=1,2;3>; rel=next', 'https://api.example/?a=1,2;3'],
  ['</1>; rel="first", </2>; rel="next", </9>; rel="last"', '/2'],
  ['</2>; title="a, <b>; rel=\\"next\\""; rel=prev, </3>;REL="last NEXT"', '/3'],
  ['</2> ; rel = "next"', '/2'],
  ['</2>; rel=next; rel=prev', '/2'],
  ['</2>; rel=prev; rel=next', undefined],
  ['</2>; rel=next; anchor="/other"', undefined],
  ['</2>; rel="nextish"', undefined],
  ['</2>; rel="next"; results="false"', undefined],
  ['</2>; rel="next"; results="true"', '/2'],
  ['<>; rel=next', ''],
  ['/2; rel=next', undefined],
  ['', undefined],
  [null, undefined],
])('in %j the next page is %j', (header, next) => {
  expect(nextLink(header)).toBe(next);
});
