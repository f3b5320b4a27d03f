import { expect, test } from 'vitest';
import { createClient } from '../../src/index.ts';
import type { ClientOptions } from '../../src/index.ts';
import { paginate } from '../../src/paging/index.ts';
import type { PaginateOptions, PagingInput } from '../../src/paging/index.ts';
import { caught } from '../caught.ts';
import { scriptedFetch, status } from '../scripted.ts';
import type { Answer } from '../scripted.ts';

const json = (body: unknown, headers: Record<string, string> = {}): Answer =>
  status(200, { 'content-type': 'application/json', ...headers }, JSON.stringify(body));

const linked = (records: unknown, next: string): Answer => json(records, { link: `<${next}>; rel="next"` });

interface List {
  readonly script: readonly Answer[];
  readonly options: PaginateOptions;
  readonly client?: ClientOptions;
}

/** Reads a list to its end or its failure: the records of each page, and what was requested. */
async function readList({ script, options, client = {} }: List) {
  const fetch = scriptedFetch(...script);
  const api = createClient({ baseUrl: 'https://api.test/', retry: 0, fetch, ...client });
  const pages: (readonly unknown[])[] = [];
  const read = async (): Promise<void> => {
    for await (const { records } of paginate(api, 'v1/orders', options)) pages.push(records);
  };
  const failure = await read().then(
    () => undefined,
    (error: unknown) => error,
  );
  return { pages, failure, sent: fetch.sent, urls: fetch.sent.map(({ url }) => url.replace('https://api.test', '')) };
}

const link: PagingInput = { type: 'link' };
const cursor: PagingInput = { type: 'cursor', next: '/next', param: 'after' };

const forms: [string, PaginateOptions, readonly Answer[], string][] = [
  ['the Link header', { paging: link }, [linked([1], '/v1/orders?page=2'), json([2])], '/v1/orders?page=2'],
  [
    'a cursor',
    { paging: cursor, records: '/data' },
    [json({ data: [1], next: 'x' }), json({ data: [2], next: null })],
    '/v1/orders?after=x',
  ],
  [
    'the id of the last record',
    { paging: { type: 'cursor', next: 'last:/id', param: 'starting_after', more: '/has_more' }, records: '/data' },
    [json({ data: [{ id: 'a' }], has_more: true }), json({ data: [{ id: 'b' }], has_more: false })],
    '/v1/orders?starting_after=a',
  ],
  [
    'a next address in the body',
    { paging: { type: 'url', next: '/links/next' }, records: '/data' },
    [json({ data: [1], links: { next: '?page=2' } }), json({ data: [2], links: {} })],
    '/v1/orders?page=2',
  ],
  [
    'page numbers',
    { paging: { type: 'page', pages: '/pages' }, records: '/data' },
    [json({ data: [1], pages: 2 }), json({ data: [2], pages: 2 })],
    '/v1/orders?page=2',
  ],
  [
    'offsets',
    { paging: { type: 'offset', size: 2 }, records: '/data', total: '/total' },
    [json({ data: [1, 2], total: 3 }), json({ data: [3], total: 3 })],
    '/v1/orders?offset=2&limit=2',
  ],
];

test.each(forms)('a list that is continued by %s is read to its end', async (_, options, ...[script, second]) => {
  const { pages, failure, urls } = await readList({ script, options });

  expect(failure).toBeUndefined();
  expect(pages).toHaveLength(2);
  expect(urls).toEqual([expect.stringMatching(/^\/v1\/orders/), second]);
});

const counted: PagingInput = { type: 'page' };

const ends: [string, PagingInput, readonly Answer[], readonly (readonly unknown[])[]][] = [
  ['the only page', { type: 'none' }, [linked([1], '/2')], [[1]]],
  ['a page without a next one', link, [json([1])], [[1]]],
  ['a 204', counted, [json([1]), status(204)], [[1], []]],
  ['an empty page', counted, [json([1]), json([])], [[1], []]],
  ['a 404 after the last page', { ...counted, afterLast: 'not_found' }, [json([1]), status(404)], [[1]]],
  ['the last page again', { ...counted, afterLast: 'last_page' }, [json([1]), json([2]), json([2])], [[1], [2]]],
];

test.each(ends)('%s ends a list', async (_, paging, ...[script, expected]) => {
  const { pages, failure } = await readList({ script, options: { paging } });

  expect(failure).toBeUndefined();
  expect(pages).toEqual(expected);
});

const failures: [string, PaginateOptions, readonly Answer[], string, number][] = [
  ['a list that names an earlier page', { paging: link }, [linked([1], '/b'), linked([2], '/b')], 'EQUAL_PAGES', 2],
  [
    'a list that names its first page again',
    { paging: link },
    [linked([1], '/b'), linked([2], '/v1/orders')],
    'EQUAL_PAGES',
    2,
  ],
  ['a next page of another origin', { paging: link }, [linked([1], 'https://other.test/2')], 'PLACE', 1],
  ['a next page with a password', { paging: link }, [linked([1], 'https://a:b@api.test/2')], 'PLACE', 1],
  ['a page without its list', { paging: link, records: '/data' }, [json({ items: [] })], 'PLACE', 0],
  ['a body that is no list', { paging: link }, [json({ items: [] })], 'PLACE', 0],
  ['a text where the list is expected', { paging: link, records: '/data' }, [json({ data: 'x' })], 'PLACE', 0],
  ['a body that is not JSON', { paging: link }, [status(200, {}, '<html>')], 'PLACE', 0],
  ['a body that is empty', { paging: link }, [status(200)], 'PLACE', 0],
  ['an object as the cursor', { paging: cursor, records: '/data' }, [json({ data: [1], next: {} })], 'PLACE', 1],
  ['the page before in a list by numbers', { paging: counted }, [json([1]), json([1])], 'SAME_AS_LAST', 1],
  [
    'a list with too many pages',
    { paging: link, maxPages: 2 },
    [linked([1], '/2'), linked([2], '/3')],
    'TOO_MANY_PAGES',
    2,
  ],
  [
    'a list with too many empty pages',
    { paging: link, maxEmptyPages: 2 },
    [linked([], '/2'), linked([], '/3')],
    'EMPTY_PAGES',
    2,
  ],
];

test.each(failures)('%s is PAGING, after the pages before it', async (_, options, ...[script, reason, count]) => {
  const { pages, failure, sent } = await readList({ script, options });

  expect(failure).toMatchObject({ code: 'PAGING', reason });
  expect(pages).toHaveLength(count);
  expect(sent).toHaveLength(script.length);
});

test('a failure names the page and the path, and no value of the response', async () => {
  const script = [linked([1], '/v1/orders?page=2'), linked([2], 'https://s3cret.test/3')];

  const { failure } = await readList({ script, options: { paging: link } });

  expect(failure).toHaveProperty(
    'message',
    'page 3 of GET https://api.test/v1/orders: the API names an address of another origin; it was not requested',
  );
});

test('the path of another origin is requested from the own one when the options say so', async () => {
  const script = [linked([1], 'http://inside/v1/orders?page=2'), json([2])];

  const { urls } = await readList({ script, options: { paging: { type: 'link', nextOrigin: 'replace' } } });

  expect(urls).toEqual(['/v1/orders', '/v1/orders?page=2']);
});

test('a loop that is left sends no further request', async () => {
  const fetch = scriptedFetch(linked([1], '/2'), linked([2], '/3'));
  const api = createClient({ baseUrl: 'https://api.test/', fetch });

  for await (const page of paginate(api, 'v1/orders', { paging: link })) {
    expect(page.records).toEqual([1]);
    break;
  }

  expect(fetch.sent).toHaveLength(1);
});

test('a page is requested when the loop asks for it', async () => {
  const fetch = scriptedFetch(linked([1], '/2'), json([2]));
  const pages = paginate(createClient({ baseUrl: 'https://api.test/', fetch }), 'v1/orders', { paging: link });
  expect(fetch.sent).toHaveLength(0);

  await pages.next();

  expect(fetch.sent).toHaveLength(1);
});

test('an error status is HTTP_STATUS, also with a client that does not throw', async () => {
  const script = [linked([1], '/2'), status(500)];

  const { pages, failure } = await readList({ script, options: { paging: link }, client: { throwHttpErrors: false } });

  expect(failure).toMatchObject({ code: 'HTTP_STATUS', status: 500 });
  expect(pages).toEqual([[1]]);
});

test('a 404 for the first page is HTTP_STATUS', async () => {
  const options: PaginateOptions = { paging: { type: 'page', afterLast: 'not_found' } };

  const { failure } = await readList({ script: [status(404)], options });

  expect(failure).toMatchObject({ code: 'HTTP_STATUS', status: 404 });
});

test('a page has its response and its whole body', async () => {
  const fetch = scriptedFetch(json({ data: [1], total: 1 }, { 'x-request-id': 'r1' }));
  const api = createClient({ baseUrl: 'https://api.test/', fetch });

  const { value } = await paginate(api, 'v1/orders', { paging: link, records: '/data' }).next();

  expect(value).toMatchObject({ body: { data: [1], total: 1 }, records: [1] });
  expect(value?.response.headers.get('x-request-id')).toBe('r1');
});

test('a missing list counts as empty when the options say so, and null always does', async () => {
  const script = [json({ next: 'x' }), json({ data: null, next: 'y' }), json({ data: [1] })];

  const { pages } = await readList({ script, options: { paging: cursor, records: '/data', missingRecords: 'none' } });

  expect(pages).toEqual([[], [], [1]]);
});

const largeId = status(200, {}, '[{"id":9007199254740993}]');

test('a numeric cursor is sent without being rounded', async () => {
  const options: PaginateOptions = { paging: { type: 'cursor', next: 'last:/id', endAfterEmptyPages: 1 } };

  const { pages, urls } = await readList({ script: [largeId, json([])], options });

  expect(urls[1]).toBe('/v1/orders?cursor=9007199254740993');
  expect(pages[0]).toEqual([{ id: 9_007_199_254_740_992 }]);
});

test('numbers are kept exact when the options say so', async () => {
  const { pages } = await readList({ script: [largeId], options: { paging: link, losslessNumbers: true } });

  expect(JSON.stringify(pages[0])).toBe('[{"id":9007199254740993}]');
});

test('search parameters of the call go to the first page, those of the client to each page and not twice', async () => {
  const script = [linked([1], '?page=2&key=k'), linked([2], '?page=3'), json([3])];

  const { urls } = await readList({
    script,
    options: { paging: link, searchParams: { state: 'open' } },
    client: { searchParams: { key: 'k' } },
  });

  expect(urls).toEqual(['/v1/orders?key=k&state=open', '/v1/orders?page=2&key=k', '/v1/orders?page=3&key=k']);
});

test('a search parameter of the client that the call removes is not sent', async () => {
  const options: PaginateOptions = { paging: link, searchParams: { key: undefined } };

  const { urls } = await readList({
    script: [linked([1], '?page=2'), json([2])],
    options,
    client: { searchParams: { key: 'k' } },
  });

  expect(urls).toEqual(['/v1/orders', '/v1/orders?page=2']);
});

test('the parameters of a counted list replace those of the path', async () => {
  const fetch = scriptedFetch(json([1]), json([]));
  const api = createClient({ prefix: 'https://api.test/x', fetch });

  const pages = paginate(api, '/orders?page=7&a=b', { paging: { type: 'page', size: 5 } });
  await pages.next();
  await pages.next();

  await expect(pages.next()).resolves.toMatchObject({ done: true });
  expect(fetch.sent.map(({ url }) => url)).toEqual([
    'https://api.test/x/orders?page=1&a=b&per_page=5',
    'https://api.test/x/orders?page=2&a=b&per_page=5',
  ]);
});

test('each request has the headers, hooks and retries of the client', async () => {
  const seen: string[] = [];
  const client: ClientOptions = {
    retry: { limit: 1, delay: () => 0 },
    headers: { accept: 'application/vnd.api+json' },
    hooks: { beforeRequest: [({ request }) => void seen.push(request.url)] },
  };

  const { pages, sent } = await readList({
    script: [linked([1], '/2'), status(503), json([2])],
    options: { paging: link },
    client,
  });

  expect(pages).toEqual([[1], [2]]);
  expect(sent.map(({ headers }) => headers.get('accept'))).toEqual(Array(3).fill('application/vnd.api+json'));
  expect(seen).toContain('https://api.test/2');
});

test('JSON is requested when the client does not say otherwise', async () => {
  const { sent } = await readList({ script: [json([])], options: { paging: link } });

  expect(sent[0]?.headers.get('accept')).toBe('application/json');
});

test('a signal ends the list between two pages', async () => {
  const controller = new AbortController();
  const fetch = scriptedFetch(linked([1], '/2'), json([2]));
  const api = createClient({ baseUrl: 'https://api.test/', fetch });

  const error = await caught(async () => {
    const pages = paginate(api, 'v1/orders', { paging: link, signal: controller.signal });
    for await (const { records } of pages) controller.abort(new Error(`${records.length} is enough`));
  });

  expect(error.message).toBe('1 is enough');
  expect(fetch.sent).toHaveLength(1);
});

test('a closed client reads no further page', async () => {
  const fetch = scriptedFetch(linked([1], '/2'), json([2]));
  const api = createClient({ baseUrl: 'https://api.test/', fetch });

  const error = await caught(async () => {
    const pages = paginate(api, 'v1/orders', { paging: link });
    await pages.next();
    await api.close();
    await pages.next();
  });

  expect(error).toMatchObject({ code: 'CLIENT_CLOSED' });
});

const wrong: [string, object, string][] = [
  ['no paging', {}, 'paging must be an object, not undefined'],
  ['an unknown type', { paging: { type: 'links' } }, 'paging.type must be "none" or "link"'],
  ['a cursor without its place', { paging: { type: 'cursor' } }, 'paging.next must be a place of the response'],
  ['a cursor for a body', { paging: { ...cursor, param: '/after' } }, 'paging.param must be a query parameter or'],
  ['an offset by size without a size', { paging: { type: 'offset', step: 'size' } }, 'paging.size must be'],
  ['an option of another type', { paging: { type: 'link', next: '/a' } }, 'paginate has no option paging.next'],
  ['a misspelt option', { paging: link, maxPage: 1 }, 'Did you mean maxPages?'],
  ['records without a slash', { paging: link, records: 'data' }, 'records must be a JSON pointer'],
];

test.each(wrong)('%s is CONFIG, and nothing is sent', async (_, options, message) => {
  const { failure, sent } = await readList({ script: [], options: options as PaginateOptions });

  expect(failure).toMatchObject({ code: 'CONFIG', message: expect.stringContaining(message) });
  expect(sent).toHaveLength(0);
});
