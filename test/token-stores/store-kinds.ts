import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { memoryTokenStore, portTokenStore, recordTokenStore, serveTokenStore } from '@bearings/oauth-bearer/store';
import type { TokenStore } from '@bearings/oauth-bearer/store';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { createTable as createFileTable, openDatabase } from '../../packages/token-store-file/src/file-token-store.ts';
import { createTable as createPostgresTable } from '../../packages/token-store-postgres/src/postgres-token-store.ts';
import { createTokenTable } from '@bearings/token-store-postgres';
import { createRedisStore } from '../../packages/token-store-redis/src/redis-token-store.ts';
import type { RedisClient } from '@bearings/token-store-redis';
import { postgres, redis } from '../services.ts';

/** A store without entries, whose time a test sets. */
interface TestStore extends AsyncDisposable {
  readonly store: TokenStore;
}

/** How to create a store of each kind, by its name. */
export interface StoreKind {
  readonly kind: string;
  readonly isThere: boolean;
  readonly create: (readTime: () => number) => Promise<TestStore>;
}

export const storeKinds: readonly StoreKind[] = [
  { kind: 'memory', isThere: true, create: createMemory },
  { kind: 'a port to another thread', isThere: true, create: createPort },
  { kind: 'a file', isThere: true, create: createFile },
  { kind: 'Redis by @redis/client', isThere: redis.isThere, create: (time) => createRedis(time, connectNodeRedis) },
  { kind: 'Redis by ioredis', isThere: redis.isThere, create: (time) => createRedis(time, connectIoRedis) },
  { kind: 'Redis by a function', isThere: redis.isThere, create: (time) => createRedis(time, connectSend) },
  { kind: 'PostgreSQL', isThere: postgres.isThere, create: createPostgres },
];

const clockAt = (readTime: () => number) => ({ now: readTime, monotonic: readTime, schedule: () => () => {} });

async function createMemory(readTime: () => number): Promise<TestStore> {
  return { store: memoryTokenStore({ clock: clockAt(readTime) }), [Symbol.asyncDispose]: async () => {} };
}

async function createPort(readTime: () => number): Promise<TestStore> {
  const { port1, port2 } = new MessageChannel();
  serveTokenStore(memoryTokenStore({ clock: clockAt(readTime) }), port1);
  const dispose = async (): Promise<void> => port1.close();
  return { store: portTokenStore(port2), [Symbol.asyncDispose]: dispose };
}

async function createFile(readTime: () => number): Promise<TestStore> {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  const database = openDatabase(join(folder, 'tokens.db'));
  const dispose = async (): Promise<void> => {
    database.close();
    rmSync(folder, { recursive: true });
  };
  return { store: recordTokenStore(createFileTable(database, readTime)), [Symbol.asyncDispose]: dispose };
}

interface Connection {
  readonly client: RedisClient;
  readonly close: () => unknown;
}

async function createRedis(readTime: () => number, connect: () => Promise<Connection>): Promise<TestStore> {
  const { client, close } = await connect();
  const prefix = `bearings-test-${randomUUID()}:`;
  const store = createRedisStore(client, { prefix }, () => String(readTime()));
  return { store, [Symbol.asyncDispose]: async () => void (await close()) };
}

async function connectNodeRedis(): Promise<Connection> {
  const client = createClient({ url: redis.url, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  return { client, close: () => client.close() };
}

async function connectIoRedis(): Promise<Connection> {
  const client = new Redis(redis.url, { enableOfflineQueue: false, lazyConnect: true });
  await client.connect();
  return { client, close: () => client.disconnect() };
}

async function connectSend(): Promise<Connection> {
  const client = createClient({ url: redis.url, disableOfflineQueue: true });
  client.on('error', () => {});
  await client.connect();
  return { client: (args) => client.sendCommand(args), close: () => client.close() };
}

async function createPostgres(readTime: () => number): Promise<TestStore> {
  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  const table = `bearings_${randomUUID().replaceAll('-', '')}`;
  const query = async (text: string, values: readonly unknown[]) =>
    client.query(text.replaceAll('@now', String(readTime())), [...values]);
  await createTokenTable({ query, table });
  const dispose = async (): Promise<void> => {
    await client.query(`DROP TABLE ${table}`);
    await client.end();
  };
  return { store: recordTokenStore(createPostgresTable({ query, table }, '@now')), [Symbol.asyncDispose]: dispose };
}
