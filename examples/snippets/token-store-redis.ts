import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { redisTokenStore } from '@bearings/token-store-redis';
import { createClient } from '@redis/client';

const redis = createClient({ url: process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379', disableOfflineQueue: true });
redis.on('error', () => {}); // while Redis is unavailable each replica requests its own token
await redis.connect();
const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const storeKeys = { current: '2026-11', keys: { '2026-11': process.env['TOKEN_KEY'] ?? '' } }; // openssl rand -base64 32
const store = redisTokenStore(redis);

const config = { issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret, store, storeKeys };
const token = await orThrow(Token.create(config));
console.log(token.status().state);
await redis.close();
