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

test('the objects of a service print no secrets', async () => {
  const { token, client } = await service();
  const held = [token, token.read(), token.status(), client, staticToken('at_1'), new SecretString(clientSecret)];

  expect(held).toHideSecrets(secrets);
  expect(String(new SecretString('at_1'))).toBe('[REDACTED]');
});

/** Functions that make the next call fail, by kind of failure. */
const failures: Record<string, (orders: Servers['orders']) => void> = {
  'a status': (orders) => {
    orders.answer = async () => new Response('no', { status: 500 });
  },
  'a second 401, with a new token': (orders) => {
    orders.answer = async () => new Response('no', { status: 401 });
  },
  'a response that never arrives': (orders) => {
    orders.answer = () => new Promise(() => {});
  },
  'a broken connection whose error quotes the request': (orders) => {
    orders.answer = async (request) => {
      throw new TypeError(`failed with ${request.headers.get('authorization')}`, { cause: request });
    };
  },
  'a body over the size limit': (orders) => {
    orders.answer = async () => new Response('x'.repeat(99), { headers: { 'content-length': '99' } });
  },
  'a redirect to another origin': (orders) => {
    orders.answer = async () =>
      new Response(null, { status: 302, headers: { location: 'https://evil.example/?at_1' } });
  },
};

test.each(Object.entries(failures))('the error of %s contains no secret', async (_name, arrange) => {
  const { client, orders } = await service({ timeout: 20, maxResponseBytes: 50 });
  arrange(orders);

  const error = await caught(() => client.get('v1/orders/42').json());

  expect(error).toHideSecrets(secrets);
  expect(formatHttpError(error, 'order 42')).toHideSecrets(secrets);
});

test('a call to another origin is not sent, and its error contains no secret', async () => {
  const { client, orders } = await service();

  const error = await caught(() => client.get('https://evil.example/'));

  expect(error).toMatchObject({ code: 'DESTINATION_NOT_ALLOWED' });
  expect(error).toHideSecrets(secrets);
  expect(orders.seen).toEqual([]);
});

/** Failures of the token endpoint, each with its error code. */
const refusals: [string, () => Response][] = [
  [
    'TOKEN_HTTP',
    () => Response.json({ error: 'invalid_client', error_description: `no ${clientSecret}` }, { status: 400 }),
  ],
  ['INVALID_TOKEN_RESPONSE', () => Response.json({ access_token: 'at_1 at_2', token_type: 'Bearer' })],
  [
    'INVALID_TOKEN_RESPONSE',
    () => new Response('{"access_token":"at_1"', { headers: { 'content-type': 'application/json' } }),
  ],
  ['UNSUPPORTED_TOKEN_TYPE', () => Response.json({ access_token: 'at_1', token_type: 'at_2' })],
];

test.each(refusals)('the error of a failing token endpoint (%s) contains no secret', async (code, refuse) => {
  const { fetch, provider } = createServers();
  provider.refuse = refuse;

  const error = (await Token.create({ ...config, fetch })).unwrapErr();

  expect(error).toMatchObject({ code });
  expect(error).toHideSecrets(secrets);
});

test('the error of an unreachable token endpoint contains no secret, even when the platform quotes one', async () => {
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    throw Object.assign(new TypeError(`cannot send ${request.headers.get('authorization')}`), { request });
  };

  const created = await Token.create({ ...config, fetch, random: () => 0 });

  expect(created.isErr()).toBe(true);
  expect(created).toHideSecrets(secrets);
});
