import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { combineFetch, fakeApi, fakeIssuer } from '@bearings/testing';

test('an order is fetched, even after the token was revoked', async () => {
  const issuer = fakeIssuer();
  const orders = fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params.id }) });
  const fetch = combineFetch(issuer, orders);
  const token = await orThrow(Token.create({ ...issuer.credentials, fetch }));
  const client = createClient({ baseUrl: orders.origin, fetch }, withBearerAuth(token));

  await client.get('v1/orders/42');
  issuer.revoke();
  const order = await client.get('v1/orders/42').json();
  await token.close();

  expect(order).toEqual({ id: '42' });
  expect(orders.counts).toEqual({ requests: 3, unauthorized: 1, forbidden: 0 });
});
