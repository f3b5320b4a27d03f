import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { afterAll, expect, test } from 'vitest';
import { readBody, guardedApi, sendJson } from './guarded-api.ts';

const api = await guardedApi(async (incoming, outgoing) => {
  sendJson(outgoing, 201, JSON.parse(await readBody(incoming)));
});

// in the scope of the module: kept between invocations, without a request while the function starts
const token = await orThrow(Token.create({ ...api.issuer.credentials, start: 'lazy' }));
const client = createClient({ baseUrl: api.origin, totalTimeout: 5_000 }, withBearerAuth(token));

/** The function that AWS Lambda calls. */
async function handler(event: { readonly id: number }): Promise<{ readonly id: number }> {
  return client.post('orders', { json: event }).json<{ id: number }>();
}

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a function that starts makes no request before its first event', () => {
  expect(api.issuer.counts).toMatchObject({ metadata: 0, token: 0 });
});

test('the token is kept from one invocation to the next', async () => {
  const answers = [await handler({ id: 41 }), await handler({ id: 42 })];

  expect(answers).toEqual([{ id: 41 }, { id: 42 }]);
  expect(api.issuer.counts.token).toBe(1);
  expect(api.seen()).toEqual(['POST /orders → 201', 'POST /orders → 201']);
});

test('a token that was revoked while the function was frozen is replaced', async () => {
  api.issuer.revoke();

  expect(await handler({ id: 43 })).toEqual({ id: 43 });
  expect(api.seen()).toEqual(['POST /orders → 401', 'POST /orders → 201']);
});
