import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { Hono } from 'hono';
import { hc } from 'hono/client';
import { proxy } from 'hono/proxy';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/orders/404') return sendJson(outgoing, 404, { message: 'No such order' });
  const body = await readBody(incoming);
  sendJson(outgoing, 200, { method: incoming.method, body });
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a typed client replays a POST after a 401', async () => {
  const routes = new Hono()
    .get('/orders', (context) => context.json({ method: '', body: '' }))
    .post('/orders', (context) => context.json({ method: '', body: '' }));
  const { orders } = hc<typeof routes>(api.origin, { fetch: client.fetch });
  const read = await orders.$get();
  api.issuer.revoke();

  const created = await orders.$post(undefined, { init: { body: '{"id":43}' } });

  expect(await read.json()).toEqual({ method: 'GET', body: '' });
  expect(await created.json()).toEqual({ method: 'POST', body: '{"id":43}' });
  expect(api.seen()).toEqual(['GET /orders → 200', 'POST /orders → 401', 'POST /orders → 200']);
});

test('a proxy adds the token of the service, and passes errors on', async () => {
  const gateway = new Hono().get('/api/*', async ({ req }) => {
    const path = req.path.slice('/api'.length);
    return proxy(`${api.origin}${path}`, { customFetch: client.fetch });
  });
  api.issuer.revoke();

  const found = await gateway.request('/api/orders/42');
  const missing = await gateway.request('/api/orders/404');

  expect(await found.json()).toEqual({ method: 'GET', body: '' });
  expect([missing.status, await missing.json()]).toEqual([404, { message: 'No such order' }]);
});
