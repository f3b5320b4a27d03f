import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import createOpenApiClient from 'openapi-fetch';
import { afterAll, expect, test } from 'vitest';
import { bodyOf, guardedApi, sendJson } from './guarded-api.ts';

/** As openapi-typescript would make it. */
interface Order {
  id: string;
  total: number;
}
type Json<T> = { content: { 'application/json': T } };
interface Paths {
  '/v1/orders': {
    post: { requestBody: Json<Order>; responses: { 201: Json<Order>; default: Json<{ message: string }> } };
  };
  '/v1/orders/{id}': {
    get: { parameters: { path: { id: string } }; responses: { 200: Json<Order>; default: Json<{ message: string }> } };
  };
}

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/v1/orders/slow') return;
  if (incoming.url === '/v1/orders/42') return sendJson(outgoing, 200, { id: '42', total: 99.5 });
  if (incoming.method === 'GET') return sendJson(outgoing, 404, { message: 'No such order' });
  const order: Order = JSON.parse(await bodyOf(incoming));
  sendJson(outgoing, order.total < 0 ? 500 : 201, order.total < 0 ? { message: 'Out of order' } : order);
});
const token = (await Token.create(api.issuer.credentials)).unwrap();
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = createOpenApiClient<Paths>({ baseUrl: api.origin, fetch: client.fetch });

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call carries the token', async () => {
  const { data } = await orders.GET('/v1/orders/{id}', { params: { path: { id: '42' } } });

  expect(data).toEqual({ id: '42', total: 99.5 });
  expect(api.seen()).toEqual(['GET /v1/orders/42 → 200']);
});

test('a POST whose token was revoked is sent again with its body', async () => {
  api.issuer.revoke();

  const { data } = await orders.POST('/v1/orders', { body: { id: '43', total: 1 } });

  expect(data).toEqual({ id: '43', total: 1 });
  expect(api.seen()).toEqual(['POST /v1/orders → 401', 'POST /v1/orders → 201']);
});

test('404 and 500 are the answers that they are with the global fetch', async () => {
  const plain = createOpenApiClient<Paths>({ baseUrl: api.openOrigin });
  const failuresOf = async ({ GET, POST }: typeof plain): Promise<unknown> => {
    const missing = await GET('/v1/orders/{id}', { params: { path: { id: '7' } } });
    const broken = await POST('/v1/orders', { body: { id: '44', total: -1 } });
    return [missing, broken].map(({ response, error }) => [response.status, error]);
  };

  const ours = await failuresOf(orders);

  expect(ours).toEqual([
    [404, { message: 'No such order' }],
    [500, { message: 'Out of order' }],
  ]);
  expect(ours).toEqual(await failuresOf(plain));
});

test('an abort ends the call, and the server sees it', async () => {
  const caller = new AbortController();
  const { arrived, brokenOff } = api.watch('/v1/orders/slow');

  const call = orders.GET('/v1/orders/{id}', { params: { path: { id: 'slow' } }, signal: caller.signal });
  await arrived;
  caller.abort(new Error('the user left'));

  await expect(call).rejects.toBe(caller.signal.reason);
  await brokenOff;
});
