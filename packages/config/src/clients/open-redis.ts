import { redisTokenStore } from '@bearings/token-store-redis';
import type { OpenedStore } from './opened-store.ts';
import { importClient } from './import-client.ts';

/** Which Redis, and how to log in. */
export interface RedisSettings {
  readonly url: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly prefix: string | undefined;
}

const connectTimeoutMs = 1_000;

/**
 * Opens a store in Redis. A server that is unavailable is no error: the client connects when it is back.
 *
 * @throws ConfigError when `@redis/client` is not installed
 */
export async function openRedis({ url, user, password, prefix = 'bearings:' }: RedisSettings): Promise<OpenedStore> {
  const { createClient } = await importClient('redis', '@redis/client', () => import('@redis/client'));
  const login = { ...(user !== undefined && { username: user }), ...(password !== undefined && { password }) };
  const client = createClient({
    url,
    ...login,
    disableOfflineQueue: true,
    socket: { connectTimeout: connectTimeoutMs },
  });
  const subscriber = client.duplicate();
  const connected = [client, subscriber].map(connect);
  const store = redisTokenStore(client, { prefix, subscriber });
  const whenReady = async (): Promise<void> => void (await Promise.all(connected));
  return {
    store: {
      ...store,
      async ask(...args) {
        await whenReady();
        return store.ask(...args);
      },
    },
    async clear() {
      await whenReady();
      let count = 0;
      for await (const keys of client.scanIterator({ MATCH: `${prefix}{*`, COUNT: 500 })) {
        if (keys.length > 0) count += await client.unlink(keys);
      }
      return count;
    },
    async close() {
      for (const each of [client, subscriber]) if (each.isOpen) each.destroy();
    },
  };
}

interface Connecting {
  once(event: 'ready' | 'error', listener: () => void): unknown;
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
}

/** Resolves at the first success or failure. The client goes on trying by itself, and its commands fail meanwhile. */
async function connect(client: Connecting): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on('error', () => {}); // without a listener it would end the process
  client.once('error', resolve);
  client.once('ready', resolve);
  void settle(client.connect(), resolve); // never rejects
  await promise;
}

async function settle(connecting: Promise<unknown>, settled: () => void): Promise<void> {
  try {
    await connecting;
  } catch {
    // the next attempt is the client's own
  }
  settled();
}
