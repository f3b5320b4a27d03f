import { randomUUID } from 'node:crypto';
import { fakeIssuer } from '@bearings/testing';
import { Token } from '@bearings/oauth-bearer';
import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { redis } from '../../../test/services.ts';
import { redisTokenStore } from '../src/index.ts';

const isMissing = !redis.isThere;
const storeKeys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(7) } };

async function connect() {
  const client = createClient({ url: redis.url, disableOfflineQueue: true });
  client.on('error', () => {});
  return client.connect();
}

test.skipIf(isMissing)('two tokens over Redis, by two clients, share one token request', async () => {
  const issuer = await fakeIssuer();
  const first = await connect();
  const second = new Redis(redis.url, { enableOfflineQueue: false, lazyConnect: true });
  await second.connect();
  const prefix = `bearings-test-${randomUUID()}:`;

  const tokens = [];
  for (const client of [first, second]) {
    const store = redisTokenStore(client, { prefix });
    tokens.push((await Token.create({ ...issuer.credentials, fetch: issuer.fetch, store, storeKeys })).unwrap());
  }
  const [one, other] = tokens.map((token) => token.read().unwrap());
  await Promise.all(tokens.map((token) => token.close()));

  expect(issuer.requests.filter(({ url }) => url.endsWith('/token'))).toHaveLength(1);
  expect(other?.isSameAs(one ?? other)).toBe(true);
  expect([first.isReady, second.status]).toEqual([true, 'ready']); // nothing closes a client that it did not make
  await first.close();
  second.disconnect();
});

test.skipIf(isMissing)('neither the database nor the commands show a token, secret, client id or scope', async () => {
  const issuer = await fakeIssuer();
  const client = await connect();
  const monitor = await connect();
  const seen: string[] = [];
  await monitor.monitor((line) => seen.push(line));
  const prefix = `bearings-test-${randomUUID()}:`;
  const store = redisTokenStore(client, { prefix });
  const { clientId, clientSecret } = issuer.credentials;

  const config = { ...issuer.credentials, scopes: ['scope_CANARY'], fetch: issuer.fetch, store, storeKeys };
  const token = (await Token.create(config)).unwrap();
  await expect.poll(() => seen.some((line) => line.includes(prefix))).toBe(true);
  const [key = ''] = await client.keys(`${prefix}*`);
  const stored = JSON.stringify(await client.hGetAll(key));
  const shown = [...seen.filter((line) => line.includes(prefix)), key, stored].join('\n');

  const secrets = [token.read().unwrap().secret.expose(), clientSecret, clientId, 'scope_CANARY'];
  expect(stored).toContain('k1.');
  expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
  await token.close();
  monitor.destroy();
  await client.close();
});

test.skipIf(isMissing)('an entry is gone from Redis a minute after it has ended', async () => {
  const client = await connect();
  const prefix = `bearings-test-${randomUUID()}:`;
  const store = redisTokenStore(client, { prefix });
  const question = { isRejected: false, owner: 'one', leaseMs: 3_000, rotationPeriodMs: 0, sealIds: ['a'] };

  const leased = await store.ask('key', question);
  const requestedAtMs = leased.kind === 'lease' ? leased.atMs : 0;
  const offer = { id: 't', sealed: 's', sealId: 'a', sealIds: ['a'], requestedAtMs, lifetimeMs: 60_000, owner: 'one' };
  const isStored = await store.put('key', offer);
  const leftMs = await client.pTTL(`${prefix}{key}`);

  expect(isStored).toBe(true);
  expect(leftMs).toBeGreaterThan(90_000);
  expect(leftMs).toBeLessThanOrEqual(120_000);
  await client.close();
});

test.skipIf(isMissing)('with a subscriber a waiting replica learns of a change at once', async () => {
  const client = await connect();
  const subscriber = await connect();
  const prefix = `bearings-test-${randomUUID()}:`;
  const store = redisTokenStore(client, { prefix, subscriber });
  const question = { isRejected: false, owner: 'one', leaseMs: 3_000, rotationPeriodMs: 0, sealIds: ['a'] };
  await store.ask('key', question);
  const changed = Promise.withResolvers<void>();
  const unwatch = store.watch?.('key', () => changed.resolve());
  await expect.poll(async () => (await client.pubSubNumSub([`${prefix}{key}:c`]))[`${prefix}{key}:c`]).toBe(1);

  await store.release('key', { owner: 'one' });
  await changed.promise;
  unwatch?.();

  await expect.poll(async () => (await client.pubSubNumSub([`${prefix}{key}:c`]))[`${prefix}{key}:c`]).toBe(0);
  await subscriber.close();
  await client.close();
});

test.skipIf(isMissing)('a key of another application in its place costs the sharing, and is not changed', async () => {
  const issuer = await fakeIssuer();
  const client = await connect();
  const prefix = `bearings-test-${randomUUID()}:`;
  const config = { ...issuer.credentials, fetch: issuer.fetch, store: redisTokenStore(client, { prefix }), storeKeys };
  await (await Token.create(config)).unwrap().close();
  const [key = ''] = await client.keys(`${prefix}*`);
  await client.set(key, 'of another application', { PX: 60_000 });

  const token = (await Token.create({ ...config, start: 'lazy' })).unwrap();
  const outcomes: string[] = [];
  token.subscribe((event) => {
    if (event.type === 'store') outcomes.push(event.outcome);
  });
  const acquired = await token.get();
  const kept = await client.get(key);

  expect(acquired.isOk()).toBe(true);
  expect(outcomes).toEqual(['fallback']);
  expect(kept).toBe('of another application');
  await token.close();
  await client.close();
});
