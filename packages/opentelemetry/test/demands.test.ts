import { createClient } from '@bearings/client';
import { Token, TokenPool, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import { startApi, startProvider } from '../../oauth-bearer/test/dpop/dpop-servers.ts';
import { observeToken, withTelemetry } from '../src/index.ts';
import { family, recorder } from './recorded.ts';

const reason = 'bearings.resend.reason';

test('a request that is signed again with the nonce that the API demands has the reason dpop_nonce', async () => {
  await using provider = await startProvider();
  await using api = await startApi({ nonce: () => 'n1' });
  const { options, meter, points, spans } = recorder();
  const credentials = { clientId: 'orders', clientSecret: 'orders-secret', scopes: ['orders.read'], dpop: true };
  await using token = (await Token.create({ issuerUrl: provider.url, ...credentials })).unwrap();
  observeToken(token, { name: 'orders', meter });
  const client = createClient({ baseUrl: api.url }, withBearerAuth(token), withTelemetry(options));

  await client.get('v1/orders/42');
  await token.invalidate();

  const { requests } = family(spans());
  expect(requests.map(({ attributes }) => [attributes['http.response.status_code'], attributes[reason]])).toEqual([
    [401, undefined],
    [200, 'dpop_nonce'],
  ]);
  expect(await points('bearings.client.retries')).toMatchObject([{ attributes: { [reason]: 'dpop_nonce' }, value: 1 }]);
  expect(await points('bearings.token.acquisitions')).toEqual([
    {
      attributes: {
        'bearings.token.name': 'orders',
        'bearings.token.event': 'rotated',
        'bearings.token.grant_type': 'client_credentials',
        'bearings.token.client_auth_method': 'client_secret_basic',
      },
      value: 1,
    },
  ]);
});

test.each([
  [403, 'Bearer error="insufficient_scope", scope="orders.write"', 'step_up'],
  [401, 'Bearer error="invalid_token"', 'replay'],
])('after a %i with %s the next request has the reason %s', async (status, challenge, expected) => {
  const issuer = fakeIssuer();
  const pool = TokenPool.create({ ...issuer.credentials, fetch: issuer.fetch }).unwrap();
  const { options, points } = recorder();
  const statuses = [status, 200];
  const fetch = async (): Promise<Response> => {
    const answer = statuses.shift() ?? 200;
    return new Response(null, { status: answer, headers: answer === 200 ? {} : { 'www-authenticate': challenge } });
  };
  const stepUp = { allow: ['orders.write'], token: (scopes: readonly string[]) => pool.for({ scopes }) };
  const client = createClient(
    { baseUrl: 'https://api.test', fetch },
    withBearerAuth(pool.for({ scopes: ['orders.read'] }).unwrap(), { stepUp }),
    withTelemetry(options),
  );

  await client.post('v1/orders', { json: {} });

  expect(await points('bearings.client.retries')).toMatchObject([{ attributes: { [reason]: expected }, value: 1 }]);
  await pool.close();
});

test.each([
  ['invalid_client', 'invalid_client'],
  ['e-1234-of-this-server', '_OTHER'],
])('a failed acquisition has the OAuth error %s as %s', async (error, expected) => {
  const { meter, points } = recorder();
  const fetch = async (): Promise<Response> => Response.json({ error }, { status: 400 });
  const config = { tokenEndpoint: 'https://id.test/token', clientId: 'a', clientSecret: 's', fetch } as const;
  await using token = (await Token.create({ ...config, start: 'lazy' })).unwrap();
  observeToken(token, { name: 'orders', meter });

  await token.get();

  expect(await points('bearings.token.failures')).toEqual([
    {
      attributes: {
        'bearings.token.name': 'orders',
        'error.type': 'TOKEN_HTTP',
        'bearings.token.oauth_error': expected,
      },
      value: 1,
    },
  ]);
});
