import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import { discover } from '@bearings/oidc-discovery';
import { withUndici } from '@bearings/undici';
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { proxyPassword, startPrivateNetwork } from '../../../../test/fixtures/private-network.ts';
import type { PrivateNetwork } from '../../../../test/fixtures/private-network.ts';
import { fetchToken, Token, TokenPool, withBearerAuth } from '../../src/index.ts';
import type { TokenConfig } from '../../src/index.ts';

const tokenConfig = (place: PrivateNetwork, network: TokenConfig['network']): TokenConfig => ({
  issuerUrl: place.issuerUrl,
  clientId: place.clientId,
  clientSecret: place.clientSecret,
  network,
});

test('a token and a client share one network: proxy, authority and client certificate', async () => {
  await using place = await startPrivateNetwork({ requiresCertificate: true });
  await using network = withUndici({ proxy: place.proxyUrl, tls: { ca: place.ca, ...place.mine } });
  await using token = (await Token.create(tokenConfig(place, network))).unwrap();
  await using orders = createClient({ baseUrl: place.apiUrl }, network, withBearerAuth(token));

  expect((await orders.get('')).status).toBe(200);
  expect(place.tunnels).toEqual(expect.arrayContaining(['id.private.test:443', 'orders.private.test:443']));
});

test('one token, tokens of a pool and discovery use the network too', async () => {
  await using place = await startPrivateNetwork();
  await using network = withUndici({ proxy: place.proxyUrl, tls: { ca: place.ca } });
  const pool = TokenPool.create(tokenConfig(place, network)).unwrap();

  expect((await fetchToken(tokenConfig(place, network))).isOk()).toBe(true);
  expect((await pool.for().unwrap().get()).isOk()).toBe(true);
  expect((await discover(place.issuerUrl, { network })).isOk()).toBe(true);
  await pool.close();
});

test('closing a token leaves the network open, because its creator closes it', async () => {
  await using place = await startPrivateNetwork();
  await using network = withUndici({ proxy: place.proxyUrl, tls: { ca: place.ca } });
  const token = (await Token.create(tokenConfig(place, network))).unwrap();

  await token.close();

  expect((await fetchToken(tokenConfig(place, network))).isOk()).toBe(true);
});

test.each([
  ['a wrong password of the proxy', () => ({ proxy: `http://worker:${proxyPassword}x@127.0.0.1:` }), 'answered 407'],
])('%s is named in the error, without the password', async (_, options, cause) => {
  await using place = await startPrivateNetwork();
  const proxy = options().proxy + new URL(place.proxyOrigin).port;
  await using network = withUndici({ proxy, tls: { ca: place.ca } });

  const error = (await fetchToken(tokenConfig(place, network))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_UNAVAILABLE' });
  expect(error.message).toContain(`the proxy ${place.proxyOrigin} failed: it ${cause}`);
  expect(inspect(error, { depth: 9, showHidden: true }) + String(error.stack)).not.toContain(proxyPassword);
});

test.each([
  ['a layer of another slot', { network: layer('retry', 'mine', (next) => next) }],
  ['a function', { network: fetch }],
  ['options of undici', { network: { proxy: 'env' } }],
  ['both fetch and network', { network: withUndici(), fetch }],
])('a network that is not one is a CONFIG error: %s', async (_, wrong: object) => {
  const config = { issuerUrl: 'https://id.test', clientId: 'a', clientSecret: 'b', ...wrong };

  expect((await Token.create(config)).unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'network' });
  expect((await discover('https://id.test', wrong)).unwrapErr()).toMatchObject({
    code: 'DISCOVERY_CONFIG',
    message: expect.stringContaining('network') as unknown,
  });
});
