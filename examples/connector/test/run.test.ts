import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readConnector } from '../src/read-connector.ts';
import { runConnector } from '../src/run-connector.ts';
import { createRunFiles } from '../src/run-files.ts';
import { normalize, createShop, shopEnv } from './shop.ts';

test('pulls three lists with three types of paging, each record once and in order', async () => {
  await using shop = await createShop();

  const ended = await shop.run();

  expect([ended.code, normalize(ended.stderr, shop)]).toEqual([0, '✓ shop: 64 records in 15 pages → shop.ndjson']);
  const ids = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}-${i + 1}`);
  expect(shop.records().map(({ record }) => (record as { id: string }).id)).toEqual([
    ...ids('orders', 23),
    ...ids('customers', 20),
    ...ids('invoices', 21),
  ]);
});

test('a second run after a finished one sends no request', async () => {
  await using shop = await createShop();
  await shop.run();
  const [requests, output] = [shop.api.requests, shop.output()];

  const again = await shop.run();

  expect([again.code, normalize(again.stderr, shop)]).toEqual([
    0,
    '✓ shop: finished by an earlier run: 64 records are in shop.ndjson. Delete it and state.json to pull again',
  ]);
  expect([shop.api.requests, shop.output()]).toEqual([requests, output]);
});

test('an empty list is an empty output', async () => {
  await using shop = await createShop({}, { orders: 0, customers: 0, invoices: 0 });

  const { error } = await shop.pull();

  expect([error, shop.output(), shop.api.requests]).toEqual([undefined, '', 3]);
});

test('numbered pages that are all full need one more request', async () => {
  await using shop = await createShop({}, { orders: 0, customers: 0, invoices: 20 });

  await shop.pull();

  expect([shop.records().length, shop.api.requests]).toEqual([20, 2 + 5]);
});

test('a server with a smaller page size than requested loses no records', async () => {
  await using shop = await createShop();
  await shop.describe({ resources: [{ name: 'invoices', path: 'v1/invoices', paging: { type: 'page', size: 500 } }] });

  await shop.pull();

  expect(shop.records()).toHaveLength(21);
});

test.each([
  ['not_found', 10, undefined],
  ['empty_page', 10, 'invoices, page 3: '],
])('a 404 after the last page with afterLast: %s', async (afterLast, total, problem) => {
  await using shop = await createShop({}, { orders: 0, customers: 0, invoices: total });
  await shop.describe({ resources: [{ name: 'invoices', path: 'v1/invoices', paging: { type: 'page', afterLast } }] });
  shop.api.onRequest((_request, response, count) => {
    if (count < 3) return undefined;
    response.writeHead(404).end();
    return true;
  });

  const { error } = await shop.pull();

  expect(error?.message.slice(0, 18)).toBe(problem);
  expect(shop.records()).toHaveLength(total);
});

test('numbers are written unchanged, also those that JavaScript would round', async () => {
  await using shop = await createShop();
  await shop.describe({ resources: [{ name: 'ids', path: 'ids', paging: { type: 'none' } }] });
  shop.api.onRequest((_request, response) => {
    response.writeHead(200).end('[{"id":9007199254740993,"price":1.10},1e400,-0]');
    return true;
  });

  await shop.pull();

  expect(shop.output()).toBe(
    '{"resource":"ids","record":{"id":9007199254740993,"price":1.10}}\n' +
      '{"resource":"ids","record":1e400}\n{"resource":"ids","record":-0}\n',
  );
});

test('a 429 is retried after Retry-After', async () => {
  await using shop = await createShop();
  shop.api.onRequest((_request, response, count) => {
    if (count !== 3) return undefined;
    response.writeHead(429, { 'retry-after': '0' }).end();
    return true;
  });

  const { error } = await shop.pull();

  expect([error, shop.records().length]).toEqual([undefined, 64]);
});

test('a failed run keeps its pages, and the next run continues after them', async () => {
  await using shop = await createShop();
  await shop.describe({ retryLimit: 0 });
  shop.api.onRequest((_request, response, count) => {
    if (count !== 7) return undefined;
    response.writeHead(503, { 'content-type': 'text/plain' }).end('down for maintenance');
    return true;
  });

  const failed = await shop.run();
  const requests = shop.api.requests;
  const finished = await shop.run();

  expect([failed.code, normalize(failed.stderr, shop)]).toEqual([
    1,
    `✗ shop: customers, page 2: GET https://api/v1/customers answered 503 (HTTP_STATUS)
    answer: down for maintenance
    kept: 28 records of 6 pages; run the same command to continue`,
  ]);
  expect([finished.code, normalize(finished.stderr, shop)]).toEqual([
    0,
    '✓ shop: 64 records in 15 pages, 6 of them by earlier runs → shop.ndjson',
  ]);
  expect([shop.api.requests - requests, new Set(shop.output().split('\n')).size]).toEqual([9, 65]);
});

test.each([
  ['rest_push', { path: '/in' }],
  ['sql_pull', { connectionRef: 'env:SHOP_SECRET', query: 'select 1' }],
])('a connector of mode %s is rejected', async (mode, fields) => {
  await using shop = await createShop();
  const source = { mode, ...fields };
  await writeFile(
    shop.path('shop.json'),
    JSON.stringify({ kind: 'Connector', metadata: { name: 'x' }, spec: { source } }),
  );

  const { error } = await shop.pull();

  expect(error).toMatchObject({ code: 'CONFIG', message: `spec.source.mode is ${mode}; this example runs rest_pull` });
  expect(existsSync(shop.path('state.json'))).toBe(false);
});

test('a stopped run keeps its pages, and the next run continues after them', async () => {
  await using shop = await createShop();
  const stop = new AbortController();
  shop.api.onRequest((_request, _response, count) => {
    if (count === 7) stop.abort();
    return undefined;
  });

  const stopped = await shop.pull({ signal: stop.signal });
  const written = shop.records().length;
  const { error } = await shop.pull();

  expect([stopped.error?.code, stopped.error?.details]).toEqual([
    'ABORTED',
    ['kept: 28 records of 6 pages; run the same command to continue'],
  ]);
  expect([written, error, new Set(shop.output().split('\n')).size]).toEqual([28, undefined, 65]);
});

test('a listener that throws does not affect the run, and sees each page after it is written', async () => {
  await using shop = await createShop();
  const connector = (await readConnector(shop.path('shop.json'), shopEnv)).unwrap();
  const files = createRunFiles({ outPath: shop.path('shop.ndjson'), statePath: shop.path('state.json') });
  const seen: number[] = [];

  const outcome = await runConnector(connector, {
    ...files,
    env: shopEnv,
    onEvent(event) {
      if (event.type === 'page') seen.push(shop.records().length - event.total.records);
      throw new Error('display is gone');
    },
  });

  expect([outcome.isOk(), new Set(seen)]).toEqual([true, new Set([0])]);
});
