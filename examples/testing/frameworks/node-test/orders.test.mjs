import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults } from '@bearings/testing';

void test('a 503 is sent again, over real sockets', async (t) => {
  const issuer = await fakeIssuer().listen();
  const orders = await fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params.id }) }).listen();
  const token = await orThrow(Token.create(issuer.credentials));
  const client = createClient({ baseUrl: orders.origin, retry: { delay: () => 0 } }, withBearerAuth(token));
  t.after(() => Promise.all([client.close(), token.close(), orders.close(), issuer.close()]));
  const overload = orders.inject(faults.status(503), { times: 1 });

  const order = await client.get('v1/orders/42').json();

  assert.deepEqual([order, overload.hits], [{ id: '42' }, 1]);
});
