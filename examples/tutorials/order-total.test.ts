import { createClient, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { combineFetch, fakeApi, fakeIssuer, faults, virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test } from 'vitest';
import { readTotal } from './order-total.ts';

const clock = virtualClock();
const issuer = fakeIssuer({ clock, tokenLifetimeMs: 600_000 });
const api = fakeApi(issuer, {
  'GET /v1/orders/:id': ({ params }) =>
    params['id'] === '42' ? { total: 99.5 } : new Response('no such order', { status: 404 }),
});

async function createOrders(): Promise<Client> {
  const fetch = combineFetch(issuer, api);
  const token = await orThrow(Token.create({ ...issuer.credentials, fetch, clock }));
  onTestFinished(() => token.close());
  return createClient({ baseUrl: api.origin, fetch, clock }, withBearerAuth(token));
}

test('the total of an order is read', async () => {
  const orders = await createOrders();

  expect(await readTotal(orders, '42')).toBe(99.5);
});

test('an order that does not exist has no total', async () => {
  const orders = await createOrders();

  expect(await readTotal(orders, '41')).toBeUndefined();
});

test('a token that was revoked is replaced', async () => {
  const orders = await createOrders();
  issuer.revoke();

  expect(await readTotal(orders, '42')).toBe(99.5);
});

test('during an outage of the issuer, the token that is there stays in use', async () => {
  const orders = await createOrders();
  const outage = issuer.inject(faults.status(503), { on: 'all' });
  onTestFinished(() => outage.clear());
  await clock.advance(590_000);

  expect(await readTotal(orders, '42')).toBe(99.5);
});
