import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults, combineFetch } from '@bearings/testing';
import '@bearings/testing/vitest';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { observeToken, withTelemetry } from '../src/index.ts';
import { contexts, recorder } from './recorded.ts';

let stopContexts = (): void => {};
beforeEach(() => (stopContexts = contexts()));
afterEach(() => stopContexts());

test('no secret leaves with spans and metrics: not of the token, the query, a header, a body, or an error', async () => {
  const issuer = fakeIssuer();
  const orders = fakeApi(issuer);
  const fetch = combineFetch(issuer, orders);
  const { options, meter, exported } = recorder();
  const tokens = createClient({ fetch, retry: 0 }, withTelemetry(options));
  await using token = (await Token.create({ ...issuer.credentials, fetch: tokens.fetch })).unwrap();
  observeToken(token, { name: 'orders', meter });
  const first = token.read().unwrap().secret.expose();
  const client = createClient(
    { baseUrl: orders.origin, fetch, retry: 0 },
    withBearerAuth(token),
    withTelemetry(options),
  );

  await client.get('v1/orders/42?api_key=in-the-query#in-the-fragment', { headers: { 'x-api-key': 'in-a-header' } });
  issuer.revoke();
  await client.post('v1/orders', { json: { password: 'in-the-body' } });
  orders.inject(faults.status(500, { body: 'in-the-answer' }), { times: 1 });
  await client.fetch('v1/orders/sent-to-ann%40example.com');
  const caller = AbortSignal.abort(new Error('in-the-reason'));
  await expect(client.get('v1/orders', { signal: caller })).rejects.toThrow();

  const { clientSecret } = issuer.credentials;
  const secrets = [first, token.read().unwrap().secret.expose(), clientSecret];
  const marked = ['in-the-query', 'in-the-fragment', 'in-a-header', 'in-the-body', 'in-the-answer', 'in-the-reason'];
  const all = await exported();
  expect(all.spans.length).toBeGreaterThan(8);
  expect(all.metrics.length).toBeGreaterThan(5);
  expect(all).toHideSecrets([...secrets, ...marked]);
  expect(all.metrics).toHideSecrets(['ann%40example.com', 'sent-to']);
});
