import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { mswHandlers } from '@bearings/testing/msw';
import '@bearings/testing/vitest';
import { setupServer } from 'msw/node';
import { afterAll, beforeAll, expect, test } from 'vitest';

const issuer = fakeIssuer();
const orders = fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params.id }) });
const network = setupServer(...mswHandlers(issuer, orders));

beforeAll(() => network.listen());
afterAll(() => network.close());

test('an order is fetched by the global fetch, and the error of a missing one hides the token', async () => {
  const token = await orThrow(Token.create(issuer.credentials));
  const client = createClient({ baseUrl: orders.origin }, withBearerAuth(token));

  const order = await client.get('v1/orders/42').json();
  const error = await client.get('v1/unknown').catch((cause) => cause);
  const secret = orThrow(token.read()).secret.expose();
  await token.close();

  expect([order, error.status]).toEqual([{ id: '42' }, 404]);
  expect(error).toHideSecrets(secret);
});
