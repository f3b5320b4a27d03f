import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { fakeBrowser } from '../src/browser/fake-browser.ts';
import { fakeApi } from '../src/api/fake-api.ts';
import { fakeIssuer } from '../src/issuer/fake-issuer.ts';
import { faults } from '../src/faults/faults.ts';
import { mswHandlers } from '../src/msw.ts';

const issuer = fakeIssuer();
const api = fakeApi(issuer, { 'GET /v1/orders/:id': ({ params }) => ({ id: params['id'] }) });
const network = setupServer(...mswHandlers(issuer, api));

beforeAll(() => network.listen({ onUnhandledFrame: 'error' }));
afterEach(() => issuer.clearFaults());
afterAll(() => network.close());

test('issuer and API answer the global fetch through msw, without a socket', async () => {
  await using token = (await Token.create(issuer.credentials)).unwrap();
  const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));

  expect(await client.get('v1/orders/42').json()).toEqual({ id: '42' });
});

test('an unreachable issuer is a network error through msw', async () => {
  issuer.inject(faults.unreachable());

  const created = await Token.create({ ...issuer.credentials, random: () => 0 });

  expect(created.unwrapErr().code).toBe('TOKEN_UNAVAILABLE');
});

test('a gzip bomb is decompressed by the client, not by msw', async () => {
  issuer.inject(faults.gzipBomb(3 * 2 ** 20));

  const created = await Token.create(issuer.credentials);

  expect(created.unwrapErr().code).toBe('INVALID_TOKEN_RESPONSE');
});

test('a browser reaches the issuer through msw', async () => {
  const browser = fakeBrowser();
  const params = { client_id: 'test-client', redirect_uri: 'https://app.test/callback', response_type: 'code' };
  const query = new URLSearchParams({ ...params, code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' });

  const page = await browser.open(`${issuer.issuerUrl}/authorize?${query}`, { stopBefore: 'https://app.test/' });

  expect(page.redirect).toContain('code=');
  expect(browser.cookies(issuer.origin)).toContain('alice');
});
