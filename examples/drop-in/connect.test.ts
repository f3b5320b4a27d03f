import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { create, createFileRegistry } from '@bufbuild/protobuf';
import type { GenService } from '@bufbuild/protobuf/codegenv2';
import { file_google_protobuf_wrappers as wrappers, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, createClient as createConnectClient } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { createConnectTransport } from '@connectrpc/connect-web';
import { afterAll, expect, test } from 'vitest';
import { failureOf, guardedApi } from './guarded-api.ts';

/** As protoc-gen-es would make it: `rpc Greet(StringValue)` and `rpc Watch(StringValue) returns (stream StringValue)`. */
type Text = typeof StringValueSchema;
type Orders = GenService<{
  greet: { methodKind: 'unary'; input: Text; output: Text };
  watch: { methodKind: 'server_streaming'; input: Text; output: Text };
}>;
const text = { inputType: '.google.protobuf.StringValue', outputType: '.google.protobuf.StringValue' };
const file = create(FileDescriptorProtoSchema, {
  name: 'orders.proto',
  package: 'v1',
  syntax: 'proto3',
  dependency: [wrappers.proto.name],
  service: [
    {
      name: 'Orders',
      method: [
        { name: 'Greet', ...text },
        { name: 'Watch', serverStreaming: true, ...text },
      ],
    },
  ],
});
const Orders = createFileRegistry(file, () => wrappers).getService('v1.Orders') as Orders;

/** Lets the order go on after its first state. */
let goOn = Promise.withResolvers<void>();

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
          await goOn.promise;
          yield { value: `${value} is sent` };
        },
      }),
  }),
);
const token = (await Token.create(api.issuer.credentials)).unwrap();
const client = createClient({ baseUrl: api.origin }, withBearerAuth(token));
const orders = createConnectClient(Orders, createConnectTransport({ baseUrl: api.origin, fetch: client.fetch }));

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call carries the token', async () => {
  expect((await orders.greet({ value: '42' })).value).toBe('Order 42');
  expect(api.seen()).toEqual(['POST /v1.Orders/Greet → 200']);
});

test('a call whose token was revoked is sent again with its message', async () => {
  api.issuer.revoke();

  expect((await orders.greet({ value: '43' })).value).toBe('Order 43');
  expect(api.seen()).toEqual(['POST /v1.Orders/Greet → 401', 'POST /v1.Orders/Greet → 200']);
});

test.each([
  ['missing', Code.NotFound],
  ['broken', Code.Internal],
])('a %s order is the error that it is with the global fetch', async (value, code) => {
  const plain = createConnectClient(Orders, createConnectTransport({ baseUrl: api.openOrigin }));

  const ours = await failureOf(() => orders.greet({ value }));
  const theirs = await failureOf(() => plain.greet({ value }));

  expect(ours).toBeInstanceOf(ConnectError);
  expect(ours).toMatchObject({ code });
  expect(String(ours)).toBe(String(theirs));
});

test('messages arrive one by one, while the call goes on, also after a revocation', async () => {
  goOn = Promise.withResolvers();
  api.issuer.revoke();
  const states: string[] = [];

  for await (const { value } of orders.watch({ value: '42' })) {
    states.push(value);
    goOn.resolve(); // the server says no more before the first is here
  }

  expect(states).toEqual(['42 is packed', '42 is sent']);
});

test('an abort ends the stream, and the server sees it', async () => {
  goOn = Promise.withResolvers();
  const caller = new AbortController();
  const { brokenOff } = api.watch('/v1.Orders/Watch');
  const watching = async (): Promise<void> => {
    for await (const { value } of orders.watch({ value: '42' }, { signal: caller.signal })) {
      expect(value).toBe('42 is packed');
      caller.abort();
    }
  };

  await expect(watching()).rejects.toMatchObject({ name: 'ConnectError', code: Code.Canceled });
  await brokenOff;
  goOn.resolve();
});
