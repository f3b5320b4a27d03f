export { redisTokenStore } from './redis-token-store.ts';
export type { RedisTokenStoreOptions } from './redis-token-store.ts';
export type { IoRedisClient, NodeRedisClient, RedisClient, SendCommand } from './redis-client.ts';
export type { NodeRedisSubscriber } from './subscriptions.ts';
