import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { normalize, createShop } from './shop.ts';
import type { Shop } from './shop.ts';

/** Pulls one list with these responses, and returns the error message with its details. */
async function pullError(
  shop: Shop,
  resource: object,
  answer: (response: ServerResponse, count: number) => void,
): Promise<string> {
  await shop.describe({ retryLimit: 0, resources: [{ name: 'orders', path: 'v1/orders', ...resource }] });
  shop.api.onRequest((_request, response, count) => {
    answer(response, count);
    return true;
  });
  const { error } = await shop.pull();
  return normalize([error?.message, ...(error?.details ?? [])].join('\n'), shop);
}

const linked = { records: '/items', paging: { type: 'link' } };
const single = { records: '/items', paging: { type: 'none' } };

test.each([
  ['there is no list', '{"data":[]}', 'no list of records at /items: there is no /items\nanswer: {"data":[]}'],
  ['it is an object', '{"items":{"a":1}}', 'no list of records at /items: found an object\nanswer: {"items":{"a":1}}'],
  ['it is null', 'null', 'no list of records at /items: there is no /items\nanswer: null'],
  ['it is empty', '', 'the response is empty'],
  ['it is HTML', '<h1>Log in</h1>', 'the response is not JSON; its content-type is none\nanswer: <h1>Log in</h1>'],
])('a response without records is described: %s', async (_what, body, expected) => {
  await using shop = await createShop();

  const message = await pullError(shop, single, (response) => response.writeHead(200).end(body));

  expect(message).toBe(`orders, page 1: ${expected}\nkept: nothing yet`);
});

test('a page that links to itself ends the run, and is not pulled twice', async () => {
  await using shop = await createShop();

  const message = await pullError(shop, linked, (response, count) =>
    response.writeHead(200, { link: '</v1/orders?from=5>; rel=next' }).end(`{"items":[${count}]}`),
  );

  expect(message).toBe(`orders, page 2: its next page was pulled before, so the run would never end
kept: 1 records of 1 pages; the same command requests this page again`);
  expect(shop.api.requests).toBe(2);
});

test('a cursor of an earlier page ends the run', async () => {
  await using shop = await createShop();
  const paging = { type: 'cursor', next: '/next' };

  const message = await pullError(shop, { records: '/items', paging }, (response, count) =>
    response.writeHead(200).end(`{"items":[${count}],"next":"${count % 2}"}`),
  );

  expect(message).toMatch(/^orders, page 3: its next page was pulled before/);
});

test('a server that ignores the page parameter is detected at the second page', async () => {
  await using shop = await createShop();

  const message = await pullError(shop, { paging: { type: 'page', param: 'p' } }, (response) =>
    response.writeHead(200).end('[{"id":1},{"id":2}]'),
  );

  expect(message).toBe(`orders, page 2: it has the same records as the page before: check paging.param
If the API answers with its last page again after the end, set paging.afterLast: last_page
kept: 2 records of 1 pages; the same command requests this page again`);
});

test('a cursor of a wrong type is described', async () => {
  await using shop = await createShop();
  const paging = { type: 'cursor', next: '/next' };

  const message = await pullError(shop, { records: '/items', paging }, (response) =>
    response.writeHead(200).end('{"items":[],"next":{"id":1}}'),
  );

  expect(message).toMatch(/^orders, page 1: the next cursor at \/next is an object, not a string or a number/);
});

test.each([
  ['with a token', {}, 'the credential is for https://api'],
  ['with configured headers', { oauth: undefined, headers: { 'x-api-key': 'k' } }, 'the source is https://api'],
])('a link to another origin is an error, and nothing is sent to it: %s', async (_what, changes, why) => {
  await using shop = await createShop();
  await using other = await createShop();
  await shop.describe({ ...changes, resources: [{ name: 'orders', path: 'v1/orders', ...linked }] });
  shop.api.onRequest((_request, response) => {
    response.writeHead(200, { link: `<${other.api.url}/v1/orders>; rel="next"` }).end('{"items":[1]}');
    return true;
  });

  const { error } = await shop.pull();

  const origin = new URL(other.api.url).origin;
  expect(normalize(error?.message ?? '', shop)).toEqual(
    expect.stringMatching(`^orders, page 2: (GET )?${origin}\\S*: not sent: ${why}.* \\(DESTINATION_NOT_ALLOWED\\)$`),
  );
  expect(error?.details[0]).toMatch(/^Nothing was sent: the next page must have the origin of spec\.source\.url\./);
  expect(other.api.requests).toBe(0);
});

test('a secret that the response quotes is redacted', async () => {
  await using shop = await createShop();

  const message = await pullError(shop, single, (response) => {
    const { authorization } = response.req.headers;
    response.writeHead(200).end(JSON.stringify({ you: 'sent', it: authorization, bare: authorization?.slice(7) }));
  });

  expect(message).toContain('answer: {"you":"sent","it":"Bearer [REDACTED]","bare":"[REDACTED]"}');
});
