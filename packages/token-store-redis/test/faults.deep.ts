import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { hasRedisServer, startProxy, startRedis } from './fixtures/own-redis.ts';
import type { OwnRedis, RedisProxy } from './fixtures/own-redis.ts';
import { startReplicas, startServers } from './fixtures/replicas.ts';

const size = 8;
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

/** On a busy machine the store, or the lease, may be late for a replica, which then requests a token of its own. */
function expectShared(requests: number, wanted = 1): void {
  expect(requests).toBeGreaterThanOrEqual(wanted);
  expect(requests).toBeLessThan(wanted + size / 2);
}

test.skipIf(!hasRedisServer).each(faults)(
  'with a Redis that is $name no call fails, each replica requests one token at most, and afterwards they share again',
  async ({ begin, end }) => {
    await using redis = await startRedis();
    using proxy = await startProxy(redis.port);
    using servers = await startServers();
    await using replicas = await startReplicas(size, proxy.url, servers);
    const callAll = async () => {
      const before = servers.tokenRequests;
      const { failed } = await replicas.call();
      return { failed, requests: servers.tokenRequests - before };
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

    expect([cold, valid, revoked, shared].map(({ failed }) => failed)).toEqual([0, 0, 0, 0]);
    expect(valid.requests).toBe(0);
    expect(revoked.requests).toBeLessThanOrEqual(size);
    for (const { requests } of [cold, shared]) expectShared(requests);
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
  expectShared(servers.tokenRequests, 3);
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
    expectShared(servers.tokenRequests, 3);
    expect(servers.seen).not.toContain(1);
  },
);
