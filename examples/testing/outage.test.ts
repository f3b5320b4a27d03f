import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults, combineFetch, virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';

test('calls succeed during an outage until the token expires, and again after it', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 600_000 });
  const orders = fakeApi(issuer);
  const fetch = combineFetch(issuer, orders);
  await using token = await orThrow(Token.create({ ...issuer.credentials, fetch, clock }));
  const client = createClient({ baseUrl: orders.origin, fetch, clock, retry: 0 }, withBearerAuth(token));

  const outage = issuer.inject(faults.status(503), { on: 'all' });
  await clock.advance(599_000);
  expect((await client.get('v1/orders/42')).ok).toBe(true);
  await clock.advance(2_000);
  await expect(client.get('v1/orders/42')).rejects.toMatchObject({ code: 'TOKEN_HTTP', status: 503 });
  outage.clear();
  await clock.advance(300_000);

  expect((await client.get('v1/orders/42')).ok).toBe(true);
});
