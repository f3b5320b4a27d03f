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
  const connections = [client, subscriber].map(connect);
  const store = redisTokenStore(client, { prefix, subscriber });
  const whenReady = async (): Promise<void> => void (await Promise.all(connections.map(({ settled }) => settled)));
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
    close: async () => void (await Promise.all(connections.map((each) => each.close()))),
  };
}

interface Connecting {
  readonly isOpen: boolean;
  once(event: 'ready' | 'error', listener: () => void): unknown;
  on(event: 'connect' | 'error' | 'reconnecting', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): void;
}

interface Connection {
  /** Resolves at the first success or failure. The client goes on trying, and its commands fail meanwhile. */
  readonly settled: Promise<void>;
  close(): Promise<void>;
}

function connect(client: Connecting): Connection {
  const { promise: settled, resolve } = Promise.withResolvers<void>();
  let attempt = Promise.withResolvers<void>();
  client.on('reconnecting', () => (attempt = Promise.withResolvers<void>()));
  client.on('connect', () => attempt.resolve());
  client.on('error', () => attempt.resolve()); // without a listener it would end the process
  client.once('error', resolve);
  client.once('ready', resolve);
  void settle(client.connect(), resolve); // never rejects
  return {
    settled,
    async close() {
      await attempt.promise; // `destroy` leaves a socket open that is not connected yet
      if (client.isOpen) client.destroy();
    },
  };
}

async function settle(connecting: Promise<unknown>, settled: () => void): Promise<void> {
  try {
    await connecting;
  } catch {
    // the next attempt is the client's own
  }
  settled();
}
