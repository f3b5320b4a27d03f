/** One replica: makes the calls that the main process asks for, and reports how they ended. */
import { setTimeout } from 'node:timers/promises';
import type { TokenStore } from '@bearings/oauth-bearer/store';
import { fileTokenStore } from '@bearings/token-store-file';
import { redisTokenStore } from '@bearings/token-store-redis';
import { createClient } from '@redis/client';
import { connectToOrders } from './billing.ts';
import type { Order, Report } from './replica-messages.ts';

const { address, config } = JSON.parse(process.env['FLEET_REPLICA'] ?? '{}');
const { orders, token } = await connectToOrders(config, address === undefined ? undefined : await openStore(address));
let fallbacks = 0;
token.subscribe((event) => {
  if (event.type === 'store' && event.outcome === 'fallback') fallbacks += 1;
});

process.on('message', ({ calls, spreadMs }: Order) => void answer(calls, spreadMs));
process.on('disconnect', () => process.exit());
process.send?.('ready');

async function answer(calls: number, spreadMs: number): Promise<void> {
  const report: Report = await makeCalls(calls, spreadMs);
  process.send?.(report);
}

async function makeCalls(count: number, spreadMs: number): Promise<Report> {
  const startedAt = performance.now();
  const before = fallbacks;
  const calls = Array.from({ length: count }, async () => {
    await setTimeout(Math.random() * spreadMs);
    return (await orders.fetch('v1/orders/42')).status === 200;
  });
  const ended = await Promise.allSettled(calls);
  const failed = ended.filter((call) => call.status === 'rejected' || !call.value).length;
  return { calls: count, failed, fallbacks: fallbacks - before, tookMs: performance.now() - startedAt };
}

async function openStore(where: string): Promise<TokenStore> {
  if (!where.startsWith('redis:')) return fileTokenStore(where);
  const [redis, subscriber] = await Promise.all([connect(where), connect(where)]);
  return redisTokenStore(redis, { subscriber });
}

async function connect(url: string) {
  const redis = createClient({ url, disableOfflineQueue: true });
  redis.on('error', () => {}); // while Redis is away this replica requests its own token
  return redis.connect();
}
