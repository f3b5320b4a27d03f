import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { postgres, redis } from '../../../../test/services.ts';
import { createClients, InvalidConfigError, loadConfig, openTokenStore } from '../../src/index.ts';
import type { Config } from '../../src/index.ts';

const env = {
  ORDERS_SECRET: 'the secret',
  TOKEN_KEY: Buffer.alloc(32, 7).toString('base64'),
  DB_PASSWORD: 'pw_CANARY',
};
const auth = {
  type: 'oauth2_client_credentials',
  tokenUrl: 'https://id.internal/token',
  clientId: 'billing',
  clientSecretRef: 'env:ORDERS_SECRET',
};
const clients = { orders: { baseUrl: 'https://orders.internal', auth } };

const load = async (tokenStore: object): Promise<Config> =>
  (await loadConfig({ tokenStore: { keyRef: 'env:TOKEN_KEY', ...tokenStore }, clients }, { env })).unwrap();

/** One run of a program: a call of orders. Answers with the number of token requests. */
async function runOnce(config: Config): Promise<number> {
  let requests = 0;
  const fetch: typeof globalThis.fetch = async (input) => {
    if (!String(input instanceof Request ? input.url : input).includes('/token')) return new Response('{}');
    requests += 1;
    return Response.json({ access_token: 'at', token_type: 'Bearer', expires_in: 3600 });
  };
  await using made = await createClients(config, { fetch });
  await made['orders']?.get('v1/orders/42');
  return requests;
}

const withoutUser = (text: string): string => {
  const url = new URL(text);
  [url.username, url.password] = ['', ''];
  return url.href;
};
const name = randomUUID().replaceAll('-', '');
const stores = [
  { kind: 'Redis', isThere: redis.isThere, store: { redis: redis.url, prefix: `bearings-test-${name}:` } },
  {
    kind: 'PostgreSQL',
    isThere: postgres.isThere,
    store: { postgres: withoutUser(postgres.url), user: new URL(postgres.url).username, table: `bearings_${name}` },
  },
];

test.each(stores.filter(({ isThere }) => isThere))(
  'runs of a program share a token by the $kind that the config names, until it is cleared',
  async ({ kind, store }) => {
    const complete = kind === 'PostgreSQL' ? { ...store, passwordRef: 'env:DB_PASSWORD' } : store;
    const config = await load(complete);

    const before = [await runOnce(config), await runOnce(config)];
    await using opened = await openTokenStore(config);
    const cleared = await opened?.clear();
    const after = await runOnce(config);
    await opened?.clear();

    expect(before).toEqual([1, 0]);
    expect([cleared, after]).toEqual([1, 1]);
  },
);

test.each([
  ['Redis', (port: number) => ({ redis: `redis://127.0.0.1:${port}` })],
  ['PostgreSQL', (port: number) => ({ postgres: `postgres://127.0.0.1:${port}/tokens` })],
])('while %s is away each run requests its own token', async (_, place) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  const config = await load(place(typeof address === 'object' ? (address?.port ?? 1) : 1));

  expect([await runOnce(config), await runOnce(config)]).toEqual([1, 1]);
});

/** A TCP server that counts its connections and never answers. */
async function startSilentServer(): Promise<{
  readonly port: number;
  readonly open: () => number;
  readonly accepted: () => number;
}> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 1) : 1;
  return { port, open: () => sockets.size, accepted: () => accepted };
}

const places: readonly (readonly [string, (port: number) => object])[] = [
  ['Redis', (port) => ({ redis: `redis://127.0.0.1:${port}` })],
  ['PostgreSQL', (port) => ({ postgres: `postgres://127.0.0.1:${port}/tokens` })],
];

test.each(places)('with a wrong key nothing connects to %s, and the error says what is right', async (_, place) => {
  const server = await startSilentServer();
  const tokenStore = { keyRef: 'env:TOKEN_KEY', ...place(server.port) };
  const config = (await loadConfig({ tokenStore, clients }, { env: { ...env, TOKEN_KEY: 'abc' } })).unwrap();

  const failure: unknown = await createClients(config).catch((cause: unknown) => cause);

  expect(failure).toBeInstanceOf(InvalidConfigError);
  expect(failure).toMatchObject({ field: 'tokenStore.keyRef' });
  expect(String(failure)).toContain(
    'tokenStore.keyRef names env:TOKEN_KEY, which is not 32 bytes as base64 or base64url: put 32 random bytes there, as this command prints them: openssl rand -base64 32',
  );
  expect(server.accepted()).toBe(0);
});

test.each(['base64', 'base64url'] as const)('a key may be %s', async (encoding) => {
  const tokenStore = { keyRef: 'env:TOKEN_KEY', redis: 'redis://127.0.0.1:1' };
  const key = Buffer.alloc(32, 0xfb).toString(encoding); // both alphabets differ in it
  const config = (await loadConfig({ tokenStore, clients }, { env: { ...env, TOKEN_KEY: key } })).unwrap();

  expect(await runOnce(config)).toBe(1);
});

test('when creating the clients fails, the connections to Redis are closed, also those in progress', async () => {
  const server = await startSilentServer();
  const config = await load({ redis: `redis://127.0.0.1:${server.port}` });
  const fail = (): never => {
    throw new TypeError('the metrics are not ready');
  };

  await expect(createClients(config, { onToken: fail })).rejects.toThrow('the metrics are not ready');

  await expect.poll(server.accepted).toBe(2);
  await expect.poll(server.open).toBe(0);
});

test('clients are closed once, however often they are asked to', async () => {
  const config = await load({ postgres: 'postgres://127.0.0.1:1/tokens' });
  await using made = await createClients(config);

  await made.close();
  await made.close();

  await expect(made['orders']?.get('v1/orders/42')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
});

test.each<[string, object]>([
  ['tokenStore names no store: set file, redis or postgres', {}],
  ['tokenStore.redis is a second store: remove it, or file', { file: 'tokens.db', redis: 'redis://127.0.0.1' }],
  ['tokenStore.redis is not the URL of a server: must be one, such as rediss://', { redis: 'https://cache.internal' }],
  ['tokenStore.redis contains a user or a password', { redis: 'redis://:pw_CANARY@cache.internal' }],
  [
    'tokenStore.postgres has a query parameter that may be a secret',
    { postgres: 'postgres://db/t?password=pw_CANARY' },
  ],
  ['tokenStore.prefix has no effect: remove it: only redis uses it', { file: 'tokens.db', prefix: 'a:' }],
  ['tokenStore.passwordRef has no effect', { file: 'tokens.db', passwordRef: 'env:DB_PASSWORD' }],
  ['must be letters, digits and . : _ -', { redis: 'redis://127.0.0.1', prefix: '*' }],
  ['must be a name, or schema.name', { postgres: 'postgres://db/t', table: 'a; DROP TABLE b' }],
])('a wrong store is a clear problem: %s', async (problem, store) => {
  const loaded = await loadConfig({ tokenStore: { keyRef: 'env:TOKEN_KEY', ...store }, clients }, { env });

  const message = loaded.isErr() ? loaded.error.message : '';
  expect(message).toContain(problem);
  expect(message).not.toContain('CANARY');
});
