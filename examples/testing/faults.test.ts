import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { combineFetch, fakeApi, fakeIssuer, faults } from '@bearings/testing';
import { expect, test } from 'vitest';

test('the client retries a 503, and a renewal that fails once', async () => {
  const issuer = fakeIssuer();
  const orders = fakeApi(issuer);
  const fetch = combineFetch(issuer, orders);
  await using token = await orThrow(Token.create({ ...issuer.credentials, fetch }));
  const client = createClient({ baseUrl: orders.origin, fetch, retry: { delay: () => 0 } }, withBearerAuth(token));

  using overload = orders.inject(faults.status(503), { times: 1 }); // `using` clears it at the end of the block
  const refused = issuer.inject(faults.unreachable(), { times: 1 });
  issuer.revoke();
  const response = await client.get('v1/orders/42');
  refused.clear();

  expect([response.status, overload.hits, refused.hits]).toEqual([200, 1, 1]);
});
