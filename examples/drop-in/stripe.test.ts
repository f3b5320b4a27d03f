import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { Stripe } from 'stripe';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

/** A gateway in front of Stripe that requires a token of the service, and has the key. */
const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/v1/customers/missing')
    return sendJson(outgoing, 404, { error: { message: 'No such customer' } });
  sendJson(outgoing, 200, {
    id: 'cus_1',
    object: 'customer',
    name: new URLSearchParams(await readBody(incoming)).get('name'),
  });
});
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const { hostname, port } = new URL(api.origin);
const stripe = new Stripe('none', {
  host: hostname,
  port,
  protocol: 'http',
  maxNetworkRetries: 0,
  httpClient: Stripe.createFetchHttpClient(client.fetch),
});

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token', async () => {
  expect(await stripe.customers.retrieve('cus_1')).toMatchObject({ id: 'cus_1' });
  expect(api.seen()).toEqual(['GET /v1/customers/cus_1 → 200']);
});

test('after a 401 a call is replayed with its body', async () => {
  api.issuer.revoke();

  expect(await stripe.customers.create({ name: 'Ada' })).toMatchObject({ name: 'Ada' });
  expect(api.seen()).toEqual(['POST /v1/customers → 401', 'POST /v1/customers → 200']);
});

test('a 404 is an error of the library', async () => {
  const failure = await catchFailure(async () => stripe.customers.retrieve('missing'));

  expect(failure).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
});
