import { createClient, withCircuitBreaker } from '@bearings/client';
import { staticToken, Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import { statusHandler } from '../../src/status/index.ts';
import { isStatus } from '../../src/watch/is-status.ts';

test('what statusHandler sends is a status, with failures, queues and circuits', async () => {
  const issuer = fakeIssuer();
  const api = fakeApi(issuer, { 'GET /v1/orders/:id': () => new Response(null, { status: 503 }) });
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  const wrong = (
    await Token.create({ ...issuer.credentials, clientSecret: 'x', fetch: issuer.fetch, start: 'lazy' })
  ).unwrap();
  const orders = createClient(
    { baseUrl: api.origin, fetch: api.fetch, retry: 0, concurrency: 1 },
    withBearerAuth(token),
    withCircuitBreaker({ minimumCalls: 1, failureRatio: 0.1 }),
  );
  await Promise.allSettled(['1', '2', '3'].map((id) => orders.get(`v1/orders/${id}`)));
  using status = statusHandler({ tokens: { token, wrong, fixed: staticToken('key') }, clients: { orders } });
  await wrong.get();

  const value: unknown = await status(new Request('http://127.0.0.1/status')).json();

  expect(value).toMatchObject({ clients: [{ circuits: [{ origin: api.origin }] }], tokens: { length: 3 } });
  expect(isStatus(value)).toBe(true);
});
