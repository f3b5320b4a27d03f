import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { amount } from '../../../test/amount.ts';
import { hasRedisServer, startRedis } from './fixtures/own-redis.ts';
import type { OwnRedis } from './fixtures/own-redis.ts';
import type { PoolOrder, PoolReport } from './fixtures/pool-process.ts';

const run = promisify(execFile);
const tenants = amount(10_000);
/** Without a common divisor with the number of tenants, so that each process reaches each tenant. */
const strides = [1, 3, 7, 9, 11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37, 39, 41, 43, 47, 49];

/** A token endpoint that counts the requests of each client. */
async function startEndpoint() {
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume();
    const basic = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    const [client = ''] = basic.split(':');
    requests.set(client, (requests.get(client) ?? 0) + 1);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ access_token: `at-${client}`, token_type: 'Bearer', expires_in: 3600 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/token`,
    requests,
    [Symbol.dispose]: () => server.close().closeAllConnections(),
  };
}

const processFile = 'packages/token-store-redis/test/fixtures/pool-process.ts';

async function runProcess(order: PoolOrder): Promise<PoolReport> {
  const { stdout } = await run(process.execPath, ['--expose-gc', processFile, JSON.stringify(order)]);
  return JSON.parse(stdout);
}

/** The number of scripts that Redis has run. */
async function storeCalls(redis: OwnRedis): Promise<number> {
  const stats = String(await redis.send('INFO', 'commandstats'));
  return Number(/cmdstat_evalsha:calls=(\d+)/.exec(stats)?.[1]);
}

test.skipIf(!hasRedisServer).each([1, 20])(
  'pools of many tenants in %i processes make one token request for each tenant, and one more when the store is late',
  async (processes) => {
    await using redis = await startRedis();
    using endpoint = await startEndpoint();
    const redisUrl = `redis://127.0.0.1:${redis.port}`;
    const orders = strides
      .slice(0, processes)
      .map((stride) => ({ redisUrl, tokenEndpoint: endpoint.url, tenants, concurrency: 10, stride }));

    const reports = await Promise.all(orders.map(runProcess));
    const calls = await storeCalls(redis);
    const requests = [...endpoint.requests.values()];

    const fallbacks = reports.reduce((total, each) => total + each.fallbacks, 0);
    const total = requests.reduce((sum, each) => sum + each, 0);

    expect(requests).toHaveLength(tenants);
    expect(reports.filter(({ failed }) => failed > 0)).toEqual([]);
    // a process that gets no processor for seconds finds the store late, and requests tokens of its own
    expect(total).toBeLessThanOrEqual(tenants + fallbacks);
    expect(total).toBeLessThan(tenants * 1.1);
    expect(Math.max(...reports.map(({ heapBytesPerTenant }) => heapBytesPerTenant))).toBeLessThan(20_000);
    // two for a tenant's request; one for a process that takes it, and more for one that waits for it
    expect(calls).toBeLessThan(tenants * (2 + 1.5 * (processes - 1)) + 100);
  },
  300_000,
);
