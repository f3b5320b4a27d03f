import { expect, test } from 'vitest';
import { createApi, range } from './api.ts';
import type { Api, ApiAnswer, ApiRequest } from './api.ts';

/** A source with one list, and one after it: a run must reach it. */
const listed = (resource: object): object => ({
  resources: [
    { name: 'all', path: 'all', records: '/items', ...resource },
    { name: 'after', path: 'after', records: '/items', paging: { type: 'none' } },
  ],
});

/** Pulls a list whose pages are answered like this, and returns what was written of it. */
async function pullList(resource: object, answer: (request: ApiRequest) => ApiAnswer): Promise<ListResult> {
  await using api = await createApi((request) =>
    request.url.pathname === '/after' ? { body: { items: ['after'] } } : answer(request),
  );
  const { error, warnings } = await api.pull(listed(resource));
  const lines = await api.lines();
  return {
    message: error?.message,
    details: error?.details ?? [],
    warnings,
    records: lines.filter((line) => line.resource === 'all').map(({ record }) => record),
    reachedNext: lines.some((line) => line.resource === 'after'),
    requests: api.requests.filter(({ url }) => url.pathname !== '/after'),
  };
}

interface ListResult {
  readonly message: string | undefined;
  readonly details: readonly string[];
  readonly warnings: readonly string[];
  readonly records: readonly unknown[];
  readonly reachedNext: boolean;
  readonly requests: Api['requests'];
}

const readNumber = ({ url }: ApiRequest, name: string, byDefault = 0): number =>
  Number(url.searchParams.get(name) ?? byDefault);

test('a short page is not the end: pages of 10, 9, 10 and 10 are 39 records', async () => {
  const pages = [range(10), range(9, 11), range(10, 20), range(10, 30)];

  const { records, reachedNext, requests } = await pullList({ paging: { type: 'page', size: 10 } }, (request) => ({
    body: { items: pages[readNumber(request, 'page') - 1] ?? [] },
  }));

  expect([records, reachedNext, requests.length]).toEqual([range(39), true, 5]);
});

test('an offset moves by the records received, also when the server has a smaller limit', async () => {
  const paging = { type: 'offset', size: 100, param: 'skip', sizeParam: 'take' };

  const { records, requests } = await pullList({ paging }, (request) => ({
    body: { items: range(25).slice(readNumber(request, 'skip'), readNumber(request, 'skip') + 10) },
  }));

  expect([records, requests.map(({ url }) => url.search)]).toEqual([
    range(25),
    ['?skip=0&take=100', '?skip=10&take=100', '?skip=20&take=100', '?skip=25&take=100'],
  ]);
});

test('with step: size, an offset moves by the size, for a server that hides records of a page', async () => {
  const paging = { type: 'offset', size: 10, step: 'size' };
  const isVisible = (n: number): boolean => n % 10 !== 3;

  const { records } = await pullList({ paging }, (request) => {
    const offset = readNumber(request, 'offset');
    return {
      body: {
        items: range(25)
          .slice(offset, offset + 10)
          .filter(isVisible),
      },
    };
  });

  expect(records).toEqual(range(25).filter(isVisible));
});

test.each([
  ['the number of records', { total: '/total' }, { total: 20 }],
  ['the number of records in a header', { total: 'header:X-Total-Count' }, {}],
  ['the number of pages', { paging: { type: 'page', pages: '/pages' } }, { pages: 2 }],
  ['whether there are more', { paging: { type: 'page', more: '/more' } }, undefined],
])('when the API says %s, there is no request after the last page', async (_what, resource, facts) => {
  const { records, requests, message } = await pullList({ paging: { type: 'page' }, ...resource }, (request) => {
    const page = readNumber(request, 'page');
    return {
      headers: { 'x-total-count': '20' },
      body: { items: range(10, page * 10 - 9), ...(facts ?? { more: page < 2 }) },
    };
  });

  expect([message, records, requests.length]).toEqual([undefined, range(20), 2]);
});

test('an empty page is not the end while the API says that there are more', async () => {
  const { records } = await pullList({ paging: { type: 'page', more: '/more' } }, (request) => {
    const page = readNumber(request, 'page');
    return { body: { items: page === 2 ? [] : [page], more: page < 4 } };
  });

  expect(records).toEqual([1, 3, 4]);
});

test('a list that ends before the total that the API names is reported', async () => {
  const { records, warnings } = await pullList({ total: '/total', paging: { type: 'page' } }, (request) => ({
    body: { items: readNumber(request, 'page') === 1 ? range(5) : [], total: 6 },
  }));

  expect([records, warnings]).toEqual([range(5), ['all, page 2: the list ended after 5 records, and the API names 6']]);
});

test('with afterLast: last_page, the last page again is the end, and is not written twice', async () => {
  const { records, message, reachedNext } = await pullList(
    { paging: { type: 'page', afterLast: 'last_page' } },
    (request) => ({
      body: { items: [Math.min(readNumber(request, 'page'), 3)] },
    }),
  );

  expect([message, records, reachedNext]).toEqual([undefined, [1, 2, 3], true]);
});

test.each([
  ['has_more: false beside the cursor', { type: 'cursor', next: '/next' }, { next: 'c9', has_more: false }],
  [
    'hasNextPage: false beside the cursor',
    { type: 'cursor', next: '/page/end' },
    { page: { end: 'c9', hasNextPage: false } },
  ],
  [
    'meta.has_more: false',
    { type: 'url', next: '/links/next' },
    { meta: { has_more: false }, links: { next: '/all?p=9' } },
  ],
  ['more, which the file names', { type: 'cursor', next: '/next', more: '/rest' }, { next: 'c9', rest: 'false' }],
  ['an empty cursor', { type: 'cursor', next: '/next' }, { next: '' }],
  ['a cursor of spaces', { type: 'cursor', next: '/next' }, { next: '  ' }],
  ['a cursor null', { type: 'cursor', next: '/next' }, { next: null }],
  ['a cursor false', { type: 'cursor', next: '/next' }, { next: false }],
  ['a cursor 0', { type: 'cursor', next: '/next' }, { next: 0 }],
  ['a cursor -1', { type: 'cursor', next: '/next' }, { next: -1 }],
  ['no cursor', { type: 'cursor', next: '/a/b' }, {}],
  ['no cursor header', { type: 'cursor', next: 'header:X-Next' }, {}],
  ['an empty address', { type: 'url', next: '/next' }, { next: '' }],
  ['an address null', { type: 'url', next: '/next' }, { next: { href: null } }],
  ['a list of links without a next one', { type: 'url', next: '/links' }, { links: [{ rel: 'self', href: '/all' }] }],
])('the end of a list in the form of %s', async (_form, paging, facts) => {
  const { message, records, reachedNext, requests } = await pullList({ paging }, () => ({
    body: { items: [1, 2], ...facts },
  }));

  expect([message, records, reachedNext, requests.length]).toEqual([undefined, [1, 2], true, 1]);
});

test.each([
  ['null', { items: null }, {}],
  ['null for the whole response', null, { records: '' }],
  ['status 204', '', {}],
  ['no field, with missingRecords: none', {}, { missingRecords: 'none' }],
])('no records in the form of %s', async (form, body, resource) => {
  const answer = { status: form === 'status 204' ? 204 : 200, body: body === null ? 'null' : body };

  const { message, records, reachedNext } = await pullList({ paging: { type: 'none' }, ...resource }, () => answer);

  expect([message, records, reachedNext]).toEqual([undefined, [], true]);
});

test('a Link header with results="false" is the end (Sentry)', async () => {
  const { records, reachedNext, requests } = await pullList({ paging: { type: 'link' } }, (request) => {
    const page = readNumber(request, 'cursor', 1);
    const link = `</all?cursor=${page + 1}>; rel="next"; results="${page < 3 ? 'true' : 'false'}"; cursor="0:${page * 100}:0"`;
    return { headers: { link: `</all?cursor=0>; rel="previous"; results="false", ${link}` }, body: { items: [page] } };
  });

  expect([records, reachedNext, requests.length]).toEqual([[1, 2, 3], true, 3]);
});

test('an empty page that names itself as the next one is the end (the log of Okta)', async () => {
  const { message, records, reachedNext, requests } = await pullList({ paging: { type: 'link' } }, (request) => {
    const after = readNumber(request, 'after');
    const items = range(5)
      .filter((n) => n > after)
      .slice(0, 2);
    return { headers: { link: `</all?after=${items.at(-1) ?? after}>; rel="next"` }, body: { items } };
  });

  expect([message, records, reachedNext, requests.length]).toEqual([undefined, range(5), true, 4]);
});

test('a next page that is always another empty one ends after a limit, and says what to do', async () => {
  const { message, details, requests } = await pullList({ paging: { type: 'link' } }, ({ count }) => ({
    headers: { link: `</all?cursor=${count}>; rel="next"` },
    body: { items: [] },
  }));

  expect([message, details[0], requests.length]).toEqual([
    'all, page 20: 20 pages in a row are empty, and the API names one more',
    'If the API always names a next page, set paging.endAfterEmptyPages, to go on to the next resource',
    20,
  ]);
});

test('with endAfterEmptyPages, so many empty pages are the end, and fewer are not', async () => {
  const sizes = [2, 0, 0, 1, 0, 0, 0, 5];

  const { message, records, reachedNext } = await pullList(
    { paging: { type: 'cursor', next: '/next', endAfterEmptyPages: 3 } },
    ({ count }) => ({ body: { items: range(sizes[count - 1] ?? 0), next: `c${count}` } }),
  );

  expect([message, records, reachedNext]).toEqual([undefined, [1, 2, 1], true]);
});

test('a list with more pages than maxPages ends with a failure, and a larger limit continues it', async () => {
  await using api = await createApi(({ url }) => ({
    body: {
      items: [url.search],
      next: `c${url.searchParams.get('cursor')}`.slice(0, 8) + Math.min(api.requests.length, 7),
    },
  }));
  const source = (maxPages: number): object => ({
    resources: [{ name: 'all', path: 'all', records: '/items', maxPages, paging: { type: 'cursor', next: '/next' } }],
  });

  const first = await api.pull(source(3));
  const requests = api.requests.length;
  const second = await api.pull(source(5));

  expect([first.error?.message, requests]).toEqual(['all, page 3: it has more than 3 pages, so it may have no end', 3]);
  expect([second.error?.message, api.requests.length]).toEqual([
    'all, page 5: it has more than 5 pages, so it may have no end',
    6,
  ]);
});

test('a page of 12 MiB is pulled, and one beyond maxPageBytes is refused by name', async () => {
  const item = 'x'.repeat(12 * 1_024 * 1_024);

  const large = await pullList({ paging: { type: 'none' } }, () => ({ body: { items: [item] } }));
  await using api = await createApi(() => ({ body: { items: [item] } }));
  const { error } = await api.pull({ ...listed({ paging: { type: 'none' } }), maxPageBytes: 1_000_000 });

  expect(large.records).toEqual([item]);
  expect([error?.message, error?.details[0]]).toEqual([
    expect.stringMatching(/^all, page 1: .*1000000 bytes.*\(BODY_TOO_LARGE\)$/),
    'If pages are so large, set a larger spec.source.maxPageBytes, or a smaller page size',
  ]);
});

test.each([
  ['a total', { total: '/total' }],
  ['a number of pages', { paging: { type: 'page', pages: '/pages' } }],
  ['more', { paging: { type: 'page', more: '/more' } }],
])('a server that ignores the page number is found, also where %s says that this was all', async (_what, resource) => {
  const { message, records, reachedNext } = await pullList({ paging: { type: 'page' }, ...resource }, ({ count }) => ({
    body: { items: [1, 2], total: 4, pages: 2, more: count < 2 },
  }));

  expect([message, records, reachedNext]).toEqual([
    'all, page 2: it has the same records as the page before: check paging.param',
    [1, 2],
    false,
  ]);
});

test('a server that answers a new cursor with the same records for ever is found', async () => {
  const { message, requests } = await pullList({ paging: { type: 'cursor', next: '/next' } }, ({ count }) => ({
    body: { items: [{ id: 1 }], next: `c${count}` },
  }));

  expect([message, requests.length]).toEqual([
    'all, page 10: 10 pages in a row have the same records: the API may ignore paging.param',
    10,
  ]);
});

test('an offset that cannot move, while the API says that there are more, ends the run with a failure', async () => {
  const { message, reachedNext } = await pullList({ paging: { type: 'offset', more: '/more' } }, ({ count }) => ({
    body: { items: count === 1 ? [1] : [], more: true },
  }));

  expect([message, reachedNext]).toEqual([
    'all, page 2: its next page was pulled before, so the run would never end',
    false,
  ]);
});
