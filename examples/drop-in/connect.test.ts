import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { Code, ConnectError, createClient as createConnectClient } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { createConnectTransport } from '@connectrpc/connect-web';
import { afterAll, expect, test } from 'vitest';
import { catchFailure, guardedApi } from './guarded-api.ts';
import { Orders } from './orders-service.ts';

/** Resolved to send the second state of an order. */
let sendNext = Promise.withResolvers<void>();

const api = await guardedApi(
  connectNodeAdapter({
    routes: ({ service }) =>
      service(Orders, {
        greet({ value }) {
          if (value === 'missing') throw new ConnectError('No such order', Code.NotFound);
          if (value === 'broken') throw new ConnectError('Out of order', Code.Internal);
          return { value: `Order ${value}` };
        },
        async *watch({ value }) {
          yield { value: `${value} is packed` };
          await sendNext.promise;
          yield { value: `${value} is sent` };
        },
      }),
  }),
);
const token = await orThrow(Token.create(api.issuer.credentials));
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = createConnectClient(Orders, createConnectTransport({ baseUrl: api.origin, fetch: client.fetch }));

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token', async () => {
  expect((await orders.greet({ value: '42' })).value).toBe('Order 42');
  expect(api.seen()).toEqual(['POST /v1.Orders/Greet → 200']);
});

test('after a 401 a call is replayed with its message', async () => {
  api.issuer.revoke();

  expect((await orders.greet({ value: '43' })).value).toBe('Order 43');
  expect(api.seen()).toEqual(['POST /v1.Orders/Greet → 401', 'POST /v1.Orders/Greet → 200']);
});

test.each([
  ['missing', Code.NotFound],
  ['broken', Code.Internal],
])('a %s order gives the same error as with the global fetch', async (value, code) => {
  const plain = createConnectClient(Orders, createConnectTransport({ baseUrl: api.openOrigin }));

  const ours = await catchFailure(() => orders.greet({ value }));
  const theirs = await catchFailure(() => plain.greet({ value }));

  expect(ours).toBeInstanceOf(ConnectError);
  expect(ours).toMatchObject({ code });
  expect(String(ours)).toBe(String(theirs));
});

test('messages arrive one by one during the call, even after a revocation', async () => {
  sendNext = Promise.withResolvers();
  api.issuer.revoke();
  const states: string[] = [];

  for await (const { value } of orders.watch({ value: '42' })) {
    states.push(value);
    sendNext.resolve(); // the server says no more before the first is here
  }

  expect(states).toEqual(['42 is packed', '42 is sent']);
});

test('an abort ends the stream and closes the connection', async () => {
  sendNext = Promise.withResolvers();
  const caller = new AbortController();
  const { disconnected: brokenOff } = api.watch('/v1.Orders/Watch');
  const watching = async (): Promise<void> => {
    for await (const { value } of orders.watch({ value: '42' }, { signal: caller.signal })) {
      expect(value).toBe('42 is packed');
      caller.abort();
    }
  };

  await expect(watching()).rejects.toMatchObject({ name: 'ConnectError', code: Code.Canceled });
  await brokenOff;
  sendNext.resolve();
});
