import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { createClient as createHeyClient } from '@hey-api/client-fetch';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

interface Order {
  readonly id: string;
  readonly total: number;
}

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/v1/orders/slow') return;
  if (incoming.url === '/v1/orders/42') return sendJson(outgoing, 200, { id: '42', total: 99.5 });
  if (incoming.method === 'GET') return sendJson(outgoing, 404, { message: 'No such order' });
  const order: Order = JSON.parse(await readBody(incoming));
  sendJson(outgoing, order.total < 0 ? 500 : 201, order.total < 0 ? { message: 'Out of order' } : order);
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = createHeyClient({ baseUrl: api.origin, fetch: client.fetch });

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token', async () => {
  const { data } = await orders.get({ url: '/v1/orders/{id}', path: { id: '42' } });

  expect(data).toEqual({ id: '42', total: 99.5 });
  expect(api.seen()).toEqual(['GET /v1/orders/42 → 200']);
});

test('after a 401 a POST is replayed with its body', async () => {
  api.issuer.revoke();

  const { data } = await orders.post({ url: '/v1/orders', body: { id: '43', total: 1 } });

  expect(data).toEqual({ id: '43', total: 1 });
  expect(api.seen()).toEqual(['POST /v1/orders → 401', 'POST /v1/orders → 201']);
});

test('404 and 500 give the same results as with the global fetch', async () => {
  const plain = createHeyClient({ baseUrl: api.openOrigin });
  const getFailures = async ({ get, post }: typeof plain): Promise<unknown> => {
    const missing = await get({ url: '/v1/orders/7' });
    const broken = await post({ url: '/v1/orders', body: { id: '44', total: -1 } });
    return [missing, broken].map(({ response, error }) => [response.status, error]);
  };

  const ours = await getFailures(orders);

  expect(ours).toEqual([
    [404, { message: 'No such order' }],
    [500, { message: 'Out of order' }],
  ]);
  expect(ours).toEqual(await getFailures(plain));
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected: brokenOff } = api.watch('/v1/orders/slow');

  const call = orders.get({ url: '/v1/orders/slow', signal: caller.signal });
  await arrived;
  caller.abort(new Error('the user left'));

  await expect(call).rejects.toBe(caller.signal.reason);
  await brokenOff;
});
