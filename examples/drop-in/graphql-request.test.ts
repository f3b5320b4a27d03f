import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { buildSchema, graphql } from 'graphql';
import { ClientError, gql, GraphQLClient } from 'graphql-request';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

const schema = buildSchema('type Query { total(id: ID!): Float } type Mutation { pay(id: ID!): String }');
const rootValue = { total: () => 99.5, pay: ({ id }: { readonly id: string }) => `${id} is paid` };

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/slow') return;
  if (incoming.url !== '/graphql') return sendJson(outgoing, Number(incoming.url?.slice(1)), { message: 'No' });
  const { query, variables } = JSON.parse(await readBody(incoming));
  sendJson(outgoing, 200, await graphql({ schema, rootValue, source: query, variableValues: variables }));
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = new GraphQLClient(`${api.origin}/graphql`, { fetch: client.fetch });

afterAll(async () => {
  await token.close();
  await api.close();
});

const total = gql`
  query ($id: ID!) {
    total(id: $id)
  }
`;

test('a query has the token', async () => {
  expect(await orders.request(total, { id: '42' })).toEqual({ total: 99.5 });
  expect(api.seen()).toEqual(['POST /graphql → 200']);
});

test('after a 401 a mutation is replayed with its variables', async () => {
  api.issuer.revoke();

  const answer = await orders.request('mutation ($id: ID!) { pay(id: $id) }', { id: '43' });

  expect(answer).toEqual({ pay: '43 is paid' });
  expect(api.seen()).toEqual(['POST /graphql → 401', 'POST /graphql → 200']);
});

test.each([404, 500])('a %d gives the same error as with the global fetch', async (status) => {
  const wrong = new GraphQLClient(`${api.origin}/${status}`, { fetch: client.fetch });
  const plain = new GraphQLClient(`${api.openOrigin}/${status}`);

  const ours = await catchFailure(() => wrong.request(total));
  const theirs = await catchFailure(() => plain.request(total));

  expect(ours).toBeInstanceOf(ClientError);
  expect(ours).toMatchObject({ response: { status } });
  expect((ours as ClientError).response.body).toBe((theirs as ClientError).response.body);
});

test('an error of the query is an error of the library', async () => {
  await expect(orders.request('{ nothing }')).rejects.toBeInstanceOf(ClientError);
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected: brokenOff } = api.watch('/slow');
  const slow = new GraphQLClient(`${api.origin}/slow`, { fetch: client.fetch });

  const call = slow.request({ document: total, variables: { id: '42' }, signal: caller.signal });
  await arrived;
  caller.abort(new Error('the user left'));

  await expect(call).rejects.toBe(caller.signal.reason);
  await brokenOff;
});
