import { createClient, formatHttpError } from '@bearings/client';
import type { Client, ClientOptions } from '@bearings/client';
import { staticToken, SecretString, Token, withBearerAuth } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { caught } from '../packages/client/test/caught.ts';
import { createServers } from './servers.ts';
import type { Servers } from './servers.ts';

const baseUrl = 'https://orders.internal';
const clientSecret = 'cs_CANARY?/%&';
const secrets = [clientSecret, 'at_1', 'at_2'];
const config = { tokenEndpoint: 'https://id.internal/token', clientId: 'billing', clientSecret };

async function service(options: ClientOptions = {}): Promise<Servers & { token: Token; client: Client }> {
  const servers = createServers();
  const token = (await Token.create({ ...config, fetch: servers.fetch })).unwrap();
  const client = createClient({ baseUrl, fetch: servers.fetch, retry: 0, ...options }, withBearerAuth(token));
  return { ...servers, token, client };
}

test('what a service holds does not print its secrets', async () => {
  const { token, client } = await service();
  const held = [token, token.read(), token.status(), client, staticToken('at_1'), new SecretString(clientSecret)];

  expect(held).toHideSecrets(secrets);
  expect(String(new SecretString('at_1'))).toBe('[REDACTED]');
});

/** Each way for a call to fail, as one sets it up. */
const failures: Record<string, (orders: Servers['orders']) => void> = {
  'a status': (orders) => {
    orders.answer = async () => new Response('no', { status: 500 });
  },
  'a 401 that a new token does not help': (orders) => {
    orders.answer = async () => new Response('no', { status: 401 });
  },
  'an answer that never comes': (orders) => {
    orders.answer = () => new Promise(() => {});
  },
  'a broken connection whose error quotes the request': (orders) => {
    orders.answer = async (request) => {
      throw new TypeError(`failed with ${request.headers.get('authorization')}`, { cause: request });
    };
  },
  'a body that is too large': (orders) => {
    orders.answer = async () => new Response('x'.repeat(99), { headers: { 'content-length': '99' } });
  },
  'a redirect to another origin': (orders) => {
    orders.answer = async () =>
      new Response(null, { status: 302, headers: { location: 'https://evil.example/?at_1' } });
  },
};

test.each(Object.entries(failures))('the error of %s holds no secret', async (_name, arrange) => {
  const { client, orders } = await service({ timeout: 20, maxResponseBytes: 50 });
  arrange(orders);

  const error = await caught(() => client.get('v1/orders/42').json());

  expect(error).toHideSecrets(secrets);
  expect(formatHttpError(error, 'order 42')).toHideSecrets(secrets);
});

test('a call to a foreign origin fails without a secret, and without being sent', async () => {
  const { client, orders } = await service();

  const error = await caught(() => client.get('https://evil.example/'));

  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect(error).toHideSecrets(secrets);
  expect(orders.seen).toEqual([]);
});

/** Each way for the token endpoint to fail, with the code it ends in. */
const refusals: [string, () => Response][] = [
  ['HTTP', () => Response.json({ error: 'invalid_client', error_description: `no ${clientSecret}` }, { status: 400 })],
  ['INVALID_RESPONSE', () => Response.json({ access_token: 'at_1 at_2', token_type: 'Bearer' })],
  [
    'INVALID_RESPONSE',
    () => new Response('{"access_token":"at_1"', { headers: { 'content-type': 'application/json' } }),
  ],
  ['UNSUPPORTED_TOKEN_TYPE', () => Response.json({ access_token: 'at_1', token_type: 'at_2' })],
];

test.each(refusals)('a token endpoint that fails (%s) leaves no secret in the error', async (code, refuse) => {
  const { fetch, provider } = createServers();
  provider.refuse = refuse;

  const error = (await Token.create({ ...config, fetch })).unwrapErr();

  expect(error).toMatchObject({ code });
  expect(error).toHideSecrets(secrets);
});

test('a token endpoint that cannot be reached leaves no secret in the error, even when the platform quotes it', async () => {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    throw Object.assign(new TypeError(`cannot send ${request.headers.get('authorization')}`), { request });
  };

  const created = await Token.create({ ...config, fetch, acquireTimeoutMs: 50 });

  expect(created.isErr()).toBe(true);
  expect(created).toHideSecrets(secrets);
});
