import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import fastify from 'fastify';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/orders/404') return sendJson(outgoing, 404, { message: 'No such order' });
  sendJson(outgoing, 201, { method: incoming.method, body: await readBody(incoming) });
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));

const gateway = fastify();
gateway.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
gateway.removeContentTypeParser('application/json');
gateway.all<{ Params: { '*': string }; Body?: Buffer }>('/api/*', async ({ method, params, headers, body }) => {
  const type = headers['content-type'];
  return client.fetch(`${api.origin}/${params['*']}`, {
    method,
    ...(body !== undefined && { body: new Uint8Array(body) }),
    ...(type !== undefined && { headers: { 'content-type': type } }),
  });
});
const origin = await gateway.listen({ port: 0, host: '127.0.0.1' });

afterAll(async () => {
  await gateway.close();
  await token.close();
  await api.close();
});

test('a gateway adds the token and replays a POST after a 401', async () => {
  api.issuer.revoke();

  const response = await fetch(`${origin}/api/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":43}',
  });

  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ method: 'POST', body: '{"id":43}' });
  expect(api.seen()).toEqual(['POST /orders → 401', 'POST /orders → 201']);
});

test('a status of the API passes through the gateway', async () => {
  const response = await fetch(`${origin}/api/orders/404`);

  expect([response.status, await response.json()]).toEqual([404, { message: 'No such order' }]);
});
