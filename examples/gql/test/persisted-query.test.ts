import { expect, test } from 'vitest';
import { createTestServers } from './test-servers.ts';

const query = '{ product(id: "p-1") { name } }';

/** The answers of services to a hash alone, as they differ. */
test.each([
  [
    'Apollo, 200',
    200,
    'application/json',
    { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    true,
  ],
  ['a message alone, 400', 400, 'application/json', { message: 'PersistedQueryNotFound' }, true],
  [
    'a GraphQL type, 404',
    404,
    'application/graphql-response+json',
    { message: 'x', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } },
    true,
  ],
  [
    'without support, 400',
    400,
    'application/json',
    { message: 'PersistedQueryNotSupported', extensions: { code: 'PERSISTED_QUERY_NOT_SUPPORTED' } },
    false,
  ],
] as const)('--persisted sends the query after the answer of %s', async (...[, status, type, error, sendsHash]) => {
  await using servers = await createTestServers();
  const bodies: { query?: string; extensions?: object }[] = [];
  servers.replaceApi(async (request) => {
    const body = JSON.parse(await request.text());
    bodies.push(body);
    if (body.query !== undefined) return Response.json({ data: { product: { name: 'A lamp' } } });
    return Response.json({ errors: [error] }, { status, headers: { 'content-type': type } });
  });

  const { code, stdout } = await servers.run(['api', 'open', query, '--persisted']);

  expect([code, JSON.parse(stdout)]).toEqual([0, { product: { name: 'A lamp' } }]);
  expect(bodies.map((body) => [body.query, body.extensions !== undefined])).toEqual([
    [undefined, true],
    [query, sendsHash],
  ]);
});

test('another error to a hash is reported, and the query is not sent', async () => {
  await using servers = await createTestServers();
  let requests = 0;
  servers.replaceApi(() => {
    requests += 1;
    return Response.json({ errors: [{ message: 'not allowed' }] }, { status: 400 });
  });

  const { code } = await servers.run(['api', 'open', query, '--persisted']);

  expect([code, requests]).toEqual([4, 1]);
});
