import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { run } from '../../../src/program.ts';
import { configFolder } from '../../fixtures/config-folder.ts';
import type { ConfigFolder } from '../../fixtures/config-folder.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';
import type { FakeTerminalOptions } from '../../fixtures/fake-terminal.ts';
import { listen } from '../../fixtures/loopback.ts';
import type { LoopbackServer } from '../../fixtures/loopback.ts';

let server: LoopbackServer;
let folder: ConfigFolder;
let seen: string[];
beforeEach(async () => {
  server = await listen();
  seen = [];
  folder = configFolder({ clients: { list: { baseUrl: server.origin, retry: { limit: 0 }, auth: { type: 'none' } } } });
});
afterEach(async () => {
  await server.close();
  folder[Symbol.dispose]();
});

type Answer = (url: URL, response: ServerResponse) => void;

/** Answers with what a function writes. */
function serve(answer: Answer): void {
  server.answerWith((request: IncomingMessage, response) => {
    seen.push(request.url ?? '');
    answer(new URL(request.url ?? '', server.origin), response);
  });
}

const send = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}): void =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

const pageNumber = (url: URL): number => Number(url.searchParams.get('page') ?? 1);

/** Three pages by the Link header. */
const linked: Answer = (url, response) => {
  const page = pageNumber(url);
  send(
    response,
    [page],
    page < 3
      ? { link: `</items?page=${page + 1}>; rel="next", </items?page=1>; rel="first"` }
      : { link: '</items?page=1>; rel="first"' },
  );
};

async function call(args: readonly string[], options: FakeTerminalOptions = {}) {
  const terminal = fakeTerminal({ cwd: folder.path, ...options });
  const code = await run(['call', 'list', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

test('--paginate follows the Link header, and prints each page with a line break', async () => {
  serve(linked);

  expect(await call(['items', '--paginate'])).toEqual({ code: 0, out: '[1]\n[2]\n[3]\n', err: '' });
  expect(seen).toEqual(['/items', '/items?page=2', '/items?page=3']);
});

test('--paginate --json prints a document for each page, and -v a line', async () => {
  serve(linked);

  const { out, err } = await call(['items', '--paginate', '--json', '-v']);

  const pages = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).body);
  expect(pages).toEqual([[1], [2], [3]]);
  expect(err.match(/^done in /gm)).toHaveLength(3);
});

test('--har has each page', async () => {
  serve(linked);

  await call(['items', '--paginate', '--har', 'pages.har']);

  const { log } = JSON.parse(await readFile(join(folder.path, 'pages.har'), 'utf8'));
  expect(log.entries.map(({ response }: { response: { content: { text: string } } }) => response.content.text)).toEqual(
    ['[1]', '[2]', '[3]'],
  );
});

test.each([
  ['an address', '/next', (page: number) => ({ next: `/items?page=${page}` })],
  ['a link with href', '/links/next', (page: number) => ({ links: { next: { href: `items?page=${page}` } } })],
  [
    'an address under a name with signs',
    '/@odata.nextLink',
    (page: number) => ({ '@odata.nextLink': `${server.origin}/items?page=${page}` }),
  ],
  ['a cursor', '/meta/cursor=page', (page: number) => ({ meta: { cursor: page } })],
  ['a cursor that is text', '/cursor=page', (page: number) => ({ cursor: String(page) })],
])('--next reads %s', async (_, place, name) => {
  serve((url, response) => {
    const page = pageNumber(url);
    send(response, { data: page, ...(page < 3 && name(page + 1)) });
  });

  const { code, out } = await call(['items?size=1', '--next', place]);

  expect([code, out.match(/"data":\d/g)]).toEqual([0, ['"data":1', '"data":2', '"data":3']]);
});

test('--next reads a header, and keeps the digits of a cursor', async () => {
  serve((url, response) => {
    const cursor = url.searchParams.get('after');
    if (url.pathname === '/numbered')
      send(response, [pageNumber(url)], pageNumber(url) < 2 ? { 'x-next': '?page=2' } : {});
    else if (cursor === null)
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"next":9007199254740993}');
    else send(response, { done: cursor });
  });
  const { out } = await call(['items', '--next', '/next=after']);
  const header = await call(['numbered', '--next', 'header:X-Next']);

  expect(out).toContain('{"done":"9007199254740993"}');
  expect(header.out).toBe('[1]\n[2]\n');
});

test.each([
  ['null', { next: null }],
  ['empty', { next: '' }],
  ['false', { next: false }],
  ['has_more: false beside it', { next: '/items?page=2', has_more: false }],
  ['hasNextPage: false in pageInfo', { next: '/items?page=2', pageInfo: { hasNextPage: false } }],
])('a list ends when the next address is %s', async (_, body) => {
  serve((_url, response) => send(response, body));

  expect(await call(['items', '--next', '/next'])).toMatchObject({ code: 0, err: '' });
  expect(seen).toHaveLength(1);
});

test.each([
  [['--next', 'link'], 'bearings: the first page has no Link header'],
  [['--next', '/nxt'], 'bearings: the first page has nothing at /nxt'],
])('a first page that names nothing is said to be the only one: %j', async (args, message) => {
  serve((_, response) => send(response, { next: '/items?page=2' }));

  const { code, err } = await call(['items', ...args]);

  expect(code).toBe(0);
  expect(err).toContain(message);
});

test.each([
  ['a page that was printed before', '/items', 'names one of them as the next page again'],
  ['another origin', 'https://evil.example/items', 'a next page of another origin'],
  ['no address', 7, 'the next address at /next is a number, not an address'],
  ['an object', { to: '/x' }, 'the next address at /next is an object, not an address'],
])('a next page that is %s ends with 6, and is not requested', async (_, next, message) => {
  serve((_url, response) => send(response, { next }));

  const { code, err } = await call(['items', '--next', '/next']);

  expect(code).toBe(6);
  expect(err).toContain(message);
  expect(seen).toHaveLength(1);
});

test('a list without an end stops at --max-pages', async () => {
  serve((url, response) => send(response, { next: `/items?page=${pageNumber(url) + 1}` }));

  const { code, err, out } = await call(['items', '--next', '/next', '--max-pages', '5']);

  expect([code, out.trim().split('\n').length, seen.length]).toEqual([6, 5, 5]);
  expect(err).toContain('it has more than 5 pages, so it may have no end: --max-pages allows more');
});

test('a page that fails ends the list with its exit code, after the pages before it', async () => {
  serve((url, response) => {
    if (pageNumber(url) === 2) response.writeHead(503).end('down');
    else linked(url, response);
  });

  const { code, out } = await call(['items', '--paginate']);

  expect([code, out]).toEqual([5, '[1]\ndown']);
});

test('a page that is not JSON is reported', async () => {
  serve((_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'));

  expect(await call(['items', '--next', '/next'])).toMatchObject({
    code: 6,
    err: expect.stringContaining('is not JSON'),
  });
});

test.each([
  [['--paginate', '-X', 'DELETE'], '--paginate is for GET'],
  [['--paginate', '-d', 'x'], 'cannot be used with'],
  [['--paginate', '-o', 'x'], 'cannot be used with'],
  [['--next', 'links.next'], '--next needs link, page, offset'],
  [['--next', '/cursor='], '--next needs link, page, offset'],
  [['--next', 'page='], '--next needs link, page, offset'],
  [['--next', '/cursor=header:'], '--next needs link, page, offset'],
  [['--paginate', '--max-pages', '0'], '--max-pages needs a whole number from 1 on'],
  [['--max-pages', '3'], '--max-pages needs --paginate or --next'],
])('%j is refused before anything is sent', async (args, message) => {
  serve(linked);

  const { code, err } = await call(['items', ...args]);

  expect([code, seen]).toEqual([2, []]);
  expect(err).toContain(message);
});

/** Three pages, of which each names the next one as the API does. */
const named =
  (name: (page: number) => object, readNumber: (url: URL) => number = pageNumber): Answer =>
  (url, response) => {
    const page = readNumber(url);
    send(response, { data: [page], ...(page < 3 && name(page + 1)) });
  };

const numberFrom =
  (param: string) =>
  (url: URL): number =>
    Number(url.searchParams.get(param) ?? 1);

test.each<[string, Answer]>([
  ['OData', named((page) => ({ '@odata.nextLink': `${server.origin}/items?page=${page}` }))],
  ['JSON:API', named((page) => ({ links: { next: `/items?page=${page}` } }))],
  ['HAL', named((page) => ({ _links: { next: { href: `/items?page=${page}` } } }))],
  ['FHIR', named((page) => ({ link: [{ relation: 'next', url: `${server.origin}/items?page=${page}` }] }))],
  ['Django', named((page) => ({ next: `${server.origin}/items?page=${page}`, previous: null }))],
  ['Slack', named((page) => ({ response_metadata: { next_cursor: String(page) } }), numberFrom('cursor'))],
  ['Google', named((page) => ({ nextPageToken: String(page) }), numberFrom('pageToken'))],
  ['HubSpot', named((page) => ({ paging: { next: { after: String(page) } } }), numberFrom('after'))],
  [
    'Stripe',
    (url, response) => {
      const page = Number(url.searchParams.get('starting_after') ?? 0) + 1;
      send(response, { object: 'list', data: [{ id: page }], has_more: page < 3 });
    },
  ],
  [
    'GitLab, by a header',
    (url, response) => {
      const page = pageNumber(url);
      send(response, { data: [page] }, { 'x-next-page': page < 3 ? String(page + 1) : '' });
    },
  ],
])('--paginate finds the next page of %s', async (_, answer) => {
  serve(answer);

  const { code, out, err } = await call(['items', '--paginate']);

  expect([code, err, out.match(/"data":\[(?:\{"id":)?\d/g)?.length, seen.length]).toEqual([0, '', 3, 3]);
});

test('--paginate takes a last page for the only one when it says so', async () => {
  serve((_, response) => send(response, { results: [1], next: null }));

  expect(await call(['items', '--paginate'])).toMatchObject({ code: 0, err: '' });
});

test('--paginate does not follow a link that is about something else', async () => {
  serve((_, response) => send(response, { data: [1], link: '/about', links: { self: '/items' } }));

  expect(await call(['items', '--paginate'])).toMatchObject({ code: 0 });
  expect(seen).toHaveLength(1);
});

test.each([
  ['names no known place, and says that there are more pages', { has_more: true }, '--next says how'],
  ['has a cursor where others have an address', { next: 'c2' }, '--next /next=param sends it as a cursor'],
  ['has a number where others have an address', { next_page: 2 }, '--next /next_page=param sends it as a cursor'],
])('--paginate ends with 6 for a page that %s', async (_, body, message) => {
  serve((_url, response) => send(response, { data: [1], ...body }));

  const { code, err } = await call(['items', '--paginate']);

  expect([code, seen.length]).toEqual([6, 1]);
  expect(err).toContain(message);
});

test('--paginate reports a first page that names no next one', async () => {
  serve((_, response) => send(response, { data: [1] }));

  const { code, err } = await call(['items', '--paginate']);

  expect(code).toBe(0);
  expect(err).toContain('no Link header, and no next address or cursor at a known place');
});

test.each([
  [
    ['items', '--next', 'page'],
    ['/items?page=1', '/items?page=2', '/items?page=3'],
  ],
  [
    ['items?p=0', '--next', 'page=p'],
    ['/items?p=0', '/items?p=1', '/items?p=2'],
  ],
  [
    ['items', '--query', 'page=2', '--next', 'page'],
    ['/items?page=2', '/items?page=3', '/items?page=4'],
  ],
])('%j counts pages until one is empty', async (args, expected) => {
  serve((_, response) => send(response, { orders: seen.length < 3 ? [seen.length] : [] }));

  const { code, out } = await call(args);

  expect([code, seen]).toEqual([0, expected]);
  expect(out).toBe('{"orders":[1]}\n{"orders":[2]}\n{"orders":[]}\n');
});

test('--next offset=skip moves by the records received, also after a short page', async () => {
  const records = Array.from({ length: 7 }, (_, index) => index);
  serve((url, response) => {
    const skip = Number(url.searchParams.get('skip'));
    send(response, { data: { rows: records.slice(skip, skip + (skip === 3 ? 1 : 3)) } });
  });

  const { code } = await call(['items?limit=3', '--next', 'offset=skip']);

  expect([code, seen]).toEqual([
    0,
    ['/items?limit=3&skip=0', '/items?limit=3&skip=3', '/items?limit=3&skip=4', '/items?limit=3&skip=7'],
  ]);
});

test('--next sends a cursor as a header', async () => {
  const tokens: unknown[] = [];
  server.answerWith((request: IncomingMessage, response) => {
    tokens.push(request.headers['x-page-token']);
    send(response, [tokens.length], tokens.length < 3 ? { 'x-next-token': `t${tokens.length}` } : {});
  });

  const { code } = await call(['items', '--next', 'header:X-Next-Token=header:X-Page-Token']);

  expect([code, tokens]).toEqual([0, [undefined, 't1', 't2']]);
});

test('--next last:/id=after sends a field of the last record', async () => {
  serve((url, response) => {
    const after = Number(url.searchParams.get('after'));
    send(response, after < 4 ? [{ id: after + 1 }, { id: after + 2 }] : []);
  });

  const { code } = await call(['items', '--next', 'last:/id=after']);

  expect([code, seen]).toEqual([0, ['/items', '/items?after=2', '/items?after=4']]);
});

test.each([
  ['a page number that the API ignores', ['--next', 'page'], { data: [1] }, 2, 'ignores the parameter of --next'],
  ['a page without a list', ['--next', 'page'], { total: 3 }, 1, 'has no list of records, or several'],
  ['a page with two lists', ['--next', 'page'], { orders: [1], tags: [2] }, 1, 'has no list of records, or several'],
  ['a cursor that stays the same', ['--next', '/c=c'], { c: 'a', data: [1] }, 2, 'names one of them as the next page'],
])('%s ends the list with 6', async (_, args, ...[body, requests, message]) => {
  serve((_url, response) => send(response, body));

  const { code, err } = await call(['items', ...args]);

  expect([code, seen.length]).toEqual([6, requests]);
  expect(err).toContain(message);
});

test.each([
  ['equal pages', [1], 10],
  ['empty pages', [], 20],
])('a list of %s without an end is not read to --max-pages', async (_, data, requests) => {
  serve((_url, response) => send(response, { data, next_cursor: String(seen.length) }));

  const { code, err } = await call(['items', '--paginate']);

  expect([code, seen.length]).toEqual([6, requests]);
  expect(err).toContain(`${requests} pages in a row`);
});
