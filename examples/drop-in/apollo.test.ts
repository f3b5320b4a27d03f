import { ApolloClient, gql, HttpLink, InMemoryCache, ServerError } from '@apollo/client';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { buildSchema, graphql } from 'graphql';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

const schema = buildSchema('type Query { total(id: ID!): Float } type Mutation { pay(id: ID!): String }');
const rootValue = { total: () => 99.5, pay: ({ id }: { readonly id: string }) => `${id} is paid` };

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url !== '/graphql') return sendJson(outgoing, Number(incoming.url?.slice(1)), { message: 'No' });
  const { query, variables } = JSON.parse(await readBody(incoming));
  sendJson(outgoing, 200, await graphql({ schema, rootValue, source: query, variableValues: variables }));
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const createOrders = (path: string): ApolloClient =>
  new ApolloClient({
    cache: new InMemoryCache(),
    link: new HttpLink({ uri: `${api.origin}${path}`, fetch: client.fetch }),
  });
const orders = createOrders('/graphql');

afterAll(async () => {
  await token.close();
  await api.close();
});

const total = gql`
  query ($id: ID!) {
    total(id: $id)
  }
`;
const pay = gql`
  mutation ($id: ID!) {
    pay(id: $id)
  }
`;

test('a query has the token', async () => {
  expect((await orders.query({ query: total, variables: { id: '42' } })).data).toEqual({ total: 99.5 });
  expect(api.seen()).toEqual(['POST /graphql → 200']);
});

test('after a 401 a mutation is replayed with its variables', async () => {
  api.issuer.revoke();

  const { data } = await orders.mutate({ mutation: pay, variables: { id: '43' } });

  expect(data).toEqual({ pay: '43 is paid' });
  expect(api.seen()).toEqual(['POST /graphql → 401', 'POST /graphql → 200']);
});

test('a 404 is an error of the library', async () => {
  const failure = await catchFailure(async () => createOrders('/404').query({ query: total, variables: { id: '1' } }));

  expect(ServerError.is(failure)).toBe(true);
  expect(failure).toMatchObject({ statusCode: 404 });
});
