import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hasRedisServer, startProxy, startRedis } from './fixtures/own-redis.ts';
import type { OwnRedis, RedisProxy } from './fixtures/own-redis.ts';
import { startReplicas, startServers } from './fixtures/replicas.ts';

const size = 8;
// On a busy machine the store may be late for a replica, which then requests a token of its own: a fallback.
/** The store is tried again 5 s after it was found away. */
const untilTriedAgainMs = 6_000;

interface Fault {
  readonly name: string;
  readonly begin: (redis: OwnRedis, proxy: RedisProxy) => unknown;
  readonly end: (redis: OwnRedis, proxy: RedisProxy) => unknown;
}

const faults: readonly Fault[] = [
  { name: 'killed', begin: (redis) => redis.kill(), end: (redis) => redis.restart() },
  { name: 'hung', begin: (redis) => redis.signal('SIGSTOP'), end: (redis) => redis.signal('SIGCONT') },
  { name: 'two seconds slow', begin: setFault('slow'), end: setFault('none') },
  { name: 'reset in the middle of each reply', begin: setFault('reset'), end: setFault('none') },
];

function setFault(fault: RedisProxy['fault']) {
  return (_: OwnRedis, proxy: RedisProxy): void => {
    proxy.fault = fault;
  };
}

test.skipIf(!hasRedisServer).each(faults)(
  'with a Redis that is $name no call fails, each replica requests one token at most, and afterwards they share again',
  async ({ begin, end }) => {
    await using redis = await startRedis();
    using proxy = await startProxy(redis.port);
    using servers = await startServers();
    await using replicas = await startReplicas(size, proxy.url, servers);
    const callAll = async () => {
      const before = { requests: servers.tokenRequests, late: replicas.fallbacks() };
      const { failed } = await replicas.call();
      return { failed, requests: servers.tokenRequests - before.requests, late: replicas.fallbacks() - before.late };
    };
    const revokeAndCall = async () => {
      servers.revoked = servers.tokenRequests;
      return callAll();
    };
    const cold = await callAll();

    await begin(redis, proxy);
    const valid = await callAll();
    const [seenBefore] = [servers.seen.length];
    const revoked = await revokeAndCall();
    const sends = servers.seen.length - seenBefore;
    await end(redis, proxy);
    await setTimeout(untilTriedAgainMs);
    await callAll();
    const shared = await revokeAndCall();

    for (const { failed, requests, late } of [cold, shared]) {
      expect({ failed, isShared: late < size / 2 }).toEqual({ failed: 0, isShared: true });
      expect(requests).toBeLessThanOrEqual(1 + late);
    }
    expect(valid).toMatchObject({ failed: 0, requests: 0 });
    expect(revoked.failed).toBe(0);
    expect(revoked.requests).toBeLessThanOrEqual(size);
    expect(sends).toBeLessThanOrEqual(3 * 5 * size);
  },
);

test.skipIf(!hasRedisServer)('after FLUSHALL no replica goes back to an older token', async () => {
  await using redis = await startRedis();
  using proxy = await startProxy(redis.port);
  using servers = await startServers();
  await using replicas = await startReplicas(size, proxy.url, servers);
  await replicas.call();
  servers.revoked = 1;
  await replicas.call();

  await redis.send('FLUSHALL');
  servers.seen.length = 0;
  await replicas.call();
  servers.revoked = 2;
  const { failed } = await replicas.call();

  expect(failed).toBe(0);
  expect(servers.tokenRequests).toBeLessThanOrEqual(3 + replicas.fallbacks());
  expect(Math.min(...servers.seen)).toBe(2);
});

test.skipIf(!hasRedisServer)(
  'after a failover that loses the last write no replica goes back to the token before it',
  async () => {
    await using redis = await startRedis();
    await using standby = await startRedis();
    using proxy = await startProxy(redis.port);
    using servers = await startServers();
    await standby.send('REPLICAOF', '127.0.0.1', String(redis.port));
    await using replicas = await startReplicas(size, proxy.url, servers);
    await replicas.call();
    await expect.poll(() => standby.send('DBSIZE'), { timeout: 10_000 }).toBe(1);

    await standby.send('REPLICAOF', 'NO', 'ONE'); // from now on nothing is replicated: it keeps t1
    servers.revoked = 1;
    await replicas.call();
    await redis.kill();
    proxy.port = standby.port;
    proxy.disconnect();
    servers.seen.length = 0;
    await replicas.call();
    servers.revoked = 2;
    await setTimeout(1_000); // the clients connect again
    const { failed } = await replicas.call();

    expect(failed).toBe(0);
    expect(servers.tokenRequests).toBeLessThanOrEqual(3 + replicas.fallbacks());
    expect(servers.seen).not.toContain(1);
  },
);
