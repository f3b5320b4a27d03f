import { expect, test } from 'vitest';
import { createPaging, firstPosition, nextStep, PagingError } from '../../src/paging/index.ts';
import type { Page, PageRequest, PagingFailure, PagingOptions, Position } from '../../src/paging/index.ts';

const first: PageRequest = { method: 'GET', url: new URL('https://api.test/items?q=1'), headers: {} };

interface Answer {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly records?: readonly unknown[];
}

const createPage = ({ headers = {}, body, records = [1] }: Answer, request = first): Page => ({
  request,
  headers: new Headers(headers),
  body,
  records,
});

const limits = { maxPages: 9, maxEmptyPages: 3 };

function takeStep(paging: PagingOptions, page: Page, position: Position = firstPosition) {
  const strategy = createPaging({ paging });
  const digest = (text: string): string => text;
  const { records, next } = nextStep(page, { resource: { paging, ...limits }, strategy, first, position, digest });
  return { records, next, request: next && strategy.request(first, next) };
}

const counted = { size: 5, sizeParam: 'limit', afterLast: 'empty_page', endAfterEmptyPages: 1 } as const;

const forms: [string, PagingOptions, Answer, Partial<PageRequest>][] = [
  [
    'Link header',
    { type: 'link', nextOrigin: 'must_match' },
    { headers: { link: '<?page=2#top>; rel=next' } },
    { url: new URL('https://api.test/items?page=2') },
  ],
  [
    'next address',
    { type: 'url', next: '/next', nextOrigin: 'must_match' },
    { body: { next: { href: 'https://other.test/2' } } },
    { url: new URL('https://other.test/2') },
  ],
  [
    'next address of another origin, to be replaced',
    { type: 'url', next: '/next', nextOrigin: 'replace' },
    { body: { next: 'http://inside/2?a=b' } },
    { url: new URL('https://api.test/2?a=b') },
  ],
  [
    'cursor',
    { type: 'cursor', next: '/c', param: 'after' },
    { body: { c: 'x' } },
    { url: new URL('https://api.test/items?q=1&after=x') },
  ],
  [
    'token in a header',
    { type: 'cursor', next: 'header:X-Next', param: 'header:X-Token' },
    { headers: { 'x-next': 't' } },
    { url: first.url, headers: { 'X-Token': 't' } },
  ],
  [
    'cursor in the body',
    { type: 'cursor', next: '/c', param: '/page/after' },
    { body: { c: 7 } },
    { body: { page: { after: 7 } } },
  ],
  [
    'page number',
    { type: 'page', param: 'page', first: 0, ...counted },
    {},
    { url: new URL('https://api.test/items?q=1&page=1&limit=5') },
  ],
  [
    'offset',
    { type: 'offset', param: 'skip', first: 0, step: 'received', ...counted },
    { records: [1, 2, 3] },
    { url: new URL('https://api.test/items?q=1&skip=3&limit=5') },
  ],
];

test.each(forms)('a %s gives the request of the next page', (_, paging, ...[answer, request]) => {
  expect(takeStep(paging, createPage(answer)).request).toMatchObject(request);
});

test.each(forms)('a %s continues from a position that was stored as JSON', (_, paging, answer) => {
  const { next, request } = takeStep(paging, createPage(answer));

  expect(createPaging({ paging }).request(first, JSON.parse(JSON.stringify(next)))).toEqual(request);
});

test('a list of one response has no next page', () => {
  expect(takeStep({ type: 'none' }, createPage({ headers: { link: '</2>; rel=next' } })).next).toBeUndefined();
});

const byCursor: PagingOptions = { type: 'cursor', next: '/c', param: 'after' };

const failures: [string, PagingOptions, Position, Answer, PagingFailure][] = [
  ['a limit of pages', byCursor, { page: 9 }, { body: { c: 'x' } }, 'TOO_MANY_PAGES'],
  ['empty pages in a row', byCursor, { page: 3, empty: 2 }, { body: { c: 'x' }, records: [] }, 'EMPTY_PAGES'],
  ['ten equal pages', byCursor, { page: 2, digest: '[1]', same: 9 }, { body: { c: 'x' } }, 'EQUAL_PAGES'],
  [
    'a counted page that is the one before',
    { type: 'page', param: 'page', first: 1, ...counted },
    { page: 2, digest: '[1]' },
    {},
    'SAME_AS_LAST',
  ],
  ['a cursor that is an object', byCursor, firstPosition, { body: { c: {} } }, 'PLACE'],
];

test.each(failures)('%s is an error with its reason', (_, paging, ...[position, answer, reason]) => {
  const run = (): unknown => takeStep(paging, createPage(answer), position);

  expect(run).toThrow(PagingError);
  expect(run).toThrow(expect.objectContaining({ reason }));
});

test('no message has a value of the answer', () => {
  const next = 'http://s3cret:s3cret@[';

  expect(() =>
    takeStep({ type: 'url', next: '/next', nextOrigin: 'must_match' }, createPage({ body: { next } })),
  ).toThrow(/^the next address at \/next is no valid URL$/);
});
