import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { Code, ConnectError, createClient as createConnectClient } from '@connectrpc/connect';
import type { ConnectRouter, Interceptor } from '@connectrpc/connect';
import { connectNodeAdapter, createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { createGrpcWebTransport } from '@connectrpc/connect-web';
import { afterAll, expect, test } from 'vitest';
import { catchFailure, guardedApi } from './guarded-api.ts';
import { Orders } from './orders-service.ts';

const routes = ({ service }: ConnectRouter): unknown =>
  service(Orders, {
    greet({ value }) {
      if (value === 'missing') throw new ConnectError('No such order', Code.NotFound);
      return { value: `Order ${value}` };
    },
  });

const api = await guardedApi(connectNodeAdapter({ routes }));
const token = await orThrow(Token.create(api.issuer.credentials));

/** Accepts tokens of the issuer alone, as gRPC says it: by a status in the trailers. */
const requireToken: Interceptor = (next) => async (request) => {
  const [, value = ''] = (request.header.get('authorization') ?? '').split(' ');
  calls.push(request.method.name);
  if (typeof api.issuer.introspect(value) === 'string') throw new ConnectError('No', Code.Unauthenticated);
  return next(request);
};
const calls: string[] = [];
const server = createServer(connectNodeAdapter({ routes, interceptors: [requireToken] }));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Puts the token on each call, and repeats a unary call once whose token is rejected. */
const withToken =
  (handle: TokenHandle): Interceptor =>
  (next) =>
  async (request) => {
    const current = await orThrow(handle.get());
    request.header.set('authorization', current.authorization());
    try {
      return await next(request);
    } catch (error) {
      if (request.stream || ConnectError.from(error).code !== Code.Unauthenticated) throw error;
      const replacement = await orThrow(handle.invalidate(current));
      request.header.set('authorization', replacement.authorization());
      return next(request);
    }
  };

const sessionManager = new Http2SessionManager(origin);
const grpc = createConnectClient(
  Orders,
  createGrpcTransport({ baseUrl: origin, interceptors: [withToken(token)], sessionManager }),
);

afterAll(async () => {
  sessionManager.abort();
  server.close();
  await token.close();
  await api.close();
});

test('gRPC-web goes over client.fetch, and a call is replayed after a 401', async () => {
  const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
  const orders = createConnectClient(Orders, createGrpcWebTransport({ baseUrl: api.origin, fetch: client.fetch }));
  api.issuer.revoke();

  const { value } = await orders.greet({ value: '42' });

  expect(value).toBe('Order 42');
  expect(api.seen()).toEqual(['POST /v1.Orders/Greet → 401', 'POST /v1.Orders/Greet → 200']);
  expect(await catchFailure(async () => orders.greet({ value: 'missing' }))).toMatchObject({ code: Code.NotFound });
});

test('gRPC on HTTP/2 has the token by an interceptor, and a call is repeated when it is rejected', async () => {
  const before = api.issuer.counts.token;
  api.issuer.revoke();

  const answers = await Promise.all(['1', '2', '3'].map(async (value) => (await grpc.greet({ value })).value));

  expect(answers).toEqual(['Order 1', 'Order 2', 'Order 3']);
  expect(calls).toEqual(Array(6).fill('Greet'));
  expect(api.issuer.counts.token - before).toBe(1);
});
