import { expect, test } from 'vitest';
import { createApi, range } from './api.ts';
import { createShop } from './shop.ts';

test('page tokens in headers, both ways', async () => {
  await using api = await createApi(({ headers }) => {
    const token = Number(headers['x-page-token'] ?? 0);
    return { headers: token < 2 ? { 'X-Next-Page-Token': String(token + 1) } : {}, body: [token] };
  });
  const paging = { type: 'cursor', next: 'header:x-next-page-token', param: 'header:X-Page-Token' };

  const { error } = await api.pull({ resources: [{ name: 'all', path: 'all', paging }] });

  expect([error, await api.records()]).toEqual([undefined, [0, 1, 2]]);
});

test('a posted body, with a cursor of any JSON in it', async () => {
  await using api = await createApi(({ method, headers, body }) => {
    const { search_after: after = [0, 'start'], size, query } = JSON.parse(body);
    if (method !== 'POST' || headers['content-type'] !== 'application/json') return { status: 405 };
    const hits = range(5)
      .filter((n) => n > after[0])
      .slice(0, size);
    return { body: { hits: hits.map((n) => ({ _source: { n, query }, sort: [n, 'a'] })) } };
  });
  const resource = {
    name: 'all',
    path: 'orders/_search',
    method: 'POST',
    body: { query: { match_all: {} }, size: 2 },
    records: '/hits',
    paging: { type: 'cursor', next: 'last:/sort', param: '/search_after' },
  };

  const { error } = await api.pull({ resources: [resource] });

  expect([error, (await api.records()).length, api.requests.length]).toEqual([undefined, 5, 4]);
  expect(JSON.parse(api.requests[1]?.body ?? '')).toEqual({
    query: { match_all: {} },
    size: 2,
    search_after: [2, 'a'],
  });
});

test('GraphQL: the cursor is a variable, and errors with status 200 end the run', async () => {
  await using api = await createApi(({ body }) => {
    const { after = '0' } = JSON.parse(body).variables;
    const nodes = range(3)
      .filter((n) => n > Number(after))
      .slice(0, 1);
    if (nodes[0] === 3) return { body: { data: { orders: null }, errors: [{ message: 'shard 3 is down' }] } };
    const pageInfo = { endCursor: String(nodes[0] ?? after), hasNextPage: nodes.length > 0 };
    return { body: { data: { orders: { nodes, pageInfo } } } };
  });
  const resource = {
    name: 'orders',
    path: 'graphql',
    method: 'POST',
    body: { query: 'query ($after: String) { orders(after: $after) { nodes } }', variables: {} },
    records: '/data/orders/nodes',
    errors: '/errors',
    paging: { type: 'cursor', next: '/data/orders/pageInfo/endCursor', param: '/variables/after' },
  };

  const { error } = await api.pull({ resources: [resource] });

  expect([await api.records(), error?.message]).toEqual([[1, 2], 'orders, page 3: the response has errors at /errors']);
});

test('numbers of pages and sizes in a posted body are numbers', async () => {
  await using api = await createApi(({ body }) => ({ body: JSON.parse(body).page.number > 2 ? [] : [body] }));
  const paging = { type: 'page', param: '/page/number', sizeParam: '/page/size', size: 50 };

  await api.pull({ resources: [{ name: 'all', path: 'all', method: 'POST', paging }] });

  expect(await api.records()).toEqual(['{"page":{"number":1,"size":50}}', '{"page":{"number":2,"size":50}}']);
});

test('records behind a pointer with *: in each entry, in each group, and as the values of an object', async () => {
  await using api = await createApi(({ url }) => {
    if (url.pathname === '/entries') return { body: { entry: [{ resource: { id: 1 } }, { resource: { id: 2 } }] } };
    if (url.pathname === '/groups') return { body: { groups: [{ items: [3, 4] }, { items: [] }, { items: [5] }] } };
    return { body: { users: { a: { id: 6 }, b: { id: 7 } } } };
  });
  const paging = { type: 'none' };

  const { error } = await api.pull({
    resources: [
      { name: 'entries', path: 'entries', records: '/entry/*/resource', paging },
      { name: 'groups', path: 'groups', records: '/groups/*/items', paging },
      { name: 'users', path: 'users', records: '/users/*', paging },
    ],
  });

  expect([error, await api.records()]).toEqual([undefined, [{ id: 1 }, { id: 2 }, 3, 4, 5, { id: 6 }, { id: 7 }]]);
});

test('headers with secrets are sent to the source only, and are not shown', async () => {
  await using api = await createApi(({ headers }) => ({
    body: { you: headers['x-api-key'], sent: headers['accept'] },
  }));
  const secretHeaders = { 'X-Api-Key': 'env:API_TOKEN' };

  const { error } = await api.pull({
    secretHeaders,
    resources: [{ name: 'all', path: 'all', paging: { type: 'none' } }],
  });

  expect(error?.details).toContain('answer: {"you":"[REDACTED]","sent":"application/json, */*;q=0.1"}');
  expect(api.requests[0]?.headers['x-api-key']).toBe('a-planted-static-token');
});

test('with nextOrigin: replace, a next address of another origin is requested from the source', async () => {
  await using other = await createApi(() => ({ body: [] }));
  await using api = await createApi(({ url }) => ({
    headers: url.search === '' ? { link: `<${other.url}/all?page=2>; rel="next"` } : {},
    body: [url.search],
  }));

  const { error } = await api.pull({
    resources: [{ name: 'all', path: 'all', paging: { type: 'link', nextOrigin: 'replace' } }],
  });

  expect([error, await api.records(), other.requests.length]).toEqual([undefined, ['', '?page=2'], 0]);
});

test('a response that breaks off is requested again, as often as other failures', async () => {
  await using shop = await createShop();
  await shop.describe({ retryLimit: 2 });
  let broken = 0;
  shop.api.onRequest((_request, response) => {
    if (broken === 2) return undefined;
    broken += 1;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"items":[');
    setImmediate(() => response.destroy());
    return true;
  });

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('a body that arrives little by little, and never ends, ends the run', async () => {
  await using shop = await createShop();
  await shop.describe({ bodyTimeoutMs: 40 });
  shop.api.onRequest((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 1);
    response.once('close', () => clearInterval(drip));
    return true;
  });

  const { error } = await shop.pull();

  expect(error?.message).toBe('orders, page 1: its body took longer than 40 ms');
});
