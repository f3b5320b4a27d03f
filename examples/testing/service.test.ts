import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { mswHandlers } from '@bearings/testing/msw';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, expect, test } from 'vitest';

const issuer = fakeIssuer();
const orders = fakeApi(issuer, {
  'GET /v1/orders/:id': { scopes: ['orders.read'], answer: ({ params }) => ({ id: params['id'], total: 99.5 }) },
});
const network = setupServer(...mswHandlers(issuer, orders));

beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
afterAll(() => network.close());

test('an order is fetched, even after the token was revoked', async () => {
  await using token = await orThrow(Token.create({ ...issuer.credentials, scopes: ['orders.read'] }));
  const client = createClient({ baseUrl: orders.origin }, withBearerAuth(token));

  const order = await client.get('v1/orders/42').json();
  issuer.revoke();
  const again = await client.get('v1/orders/42').json();

  expect([order, again]).toEqual([order, { id: '42', total: 99.5 }]);
  expect(orders.counts).toEqual({ requests: 3, unauthorized: 1, forbidden: 0 });
});
