import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { buildSchema, graphql } from 'graphql';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

const schema = buildSchema('type Query { total(id: ID!): Float } type Mutation { pay(id: ID!): String }');
const rootValue = { total: () => 99.5, pay: ({ id }: { readonly id: string }) => `${id} is paid` };

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url !== '/graphql') return sendJson(outgoing, Number(incoming.url?.slice(1)), { message: 'No' });
  const { query, variables } = JSON.parse(await readBody(incoming));
  sendJson(outgoing, 200, await graphql({ schema, rootValue, source: query, variableValues: variables }));
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const createOrders = (path: string): Client =>
  new Client({
    url: `${api.origin}${path}`,
    fetch: client.fetch,
    preferGetMethod: false,
    exchanges: [cacheExchange, fetchExchange],
  });
const orders = createOrders('/graphql');

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a query has the token', async () => {
  const { data } = await orders.query('query ($id: ID!) { total(id: $id) }', { id: '42' }).toPromise();

  expect(data).toEqual({ total: 99.5 });
  expect(api.seen()).toEqual(['POST /graphql → 200']);
});

test('after a 401 a mutation is replayed with its variables', async () => {
  api.issuer.revoke();

  const { data } = await orders.mutation('mutation ($id: ID!) { pay(id: $id) }', { id: '43' }).toPromise();

  expect(data).toEqual({ pay: '43 is paid' });
  expect(api.seen()).toEqual(['POST /graphql → 401', 'POST /graphql → 200']);
});

test('a 404 is a network error of the library', async () => {
  const { error } = await createOrders('/404').query('{ total(id: 1) }', {}).toPromise();

  expect(error?.networkError).toBeInstanceOf(Error);
  expect(error?.response).toMatchObject({ status: 404 });
});
