import type { StoreAnswer, TokenStore } from '@bearings/oauth-bearer/store';
import { checkOptions, methodsRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { createRunScript } from './redis-client.ts';
import type { RedisClient } from './redis-client.ts';
import { createScripts } from './scripts.ts';
import { createSubscribe } from './subscriptions.ts';
import type { NodeRedisSubscriber } from './subscriptions.ts';

export interface RedisTokenStoreOptions {
  /** The beginning of every key and channel. Default: `bearings:`. */
  readonly prefix?: string;
  /**
   * A second client of `@redis/client`, connected, for notifications: waiting replicas then get a new token at once, with
   * a fifth of the commands. Default: none; they ask again after 25 to 400 ms.
   */
  readonly subscriber?: NodeRedisSubscriber;
}

const rules: OptionRules<RedisTokenStoreOptions> = {
  prefix: stringRule,
  subscriber: methodsRule('a second client of @redis/client', 'subscribe', 'unsubscribe'),
};

/**
 * A store in Redis 5 or later, or Valkey; also in a cluster: each token is one key.
 *
 * The client is yours: nothing here connects or closes it.
 *
 * @throws ConfigError for something else than a client, and for a client with an offline queue
 */
export function redisTokenStore(client: RedisClient, options: RedisTokenStoreOptions = {}): TokenStore {
  checkOptions(options, rules, { owner: 'redisTokenStore' });
  return createRedisStore(client, options, () => '');
}

/** @param readTime - the time as text in tests; '' for the server's own */
export function createRedisStore(
  client: RedisClient,
  { prefix = 'bearings:', subscriber }: RedisTokenStoreOptions,
  readTime: () => string,
): TokenStore {
  const run = createRunScript(client);
  const scripts = createScripts();
  const keyName = (key: string): string => `${prefix}{${key}}`;
  const channel = (key: string): string => `${keyName(key)}:c`;
  const subscribe = subscriber && createSubscribe(subscriber);
  return {
    async ask(key, { held, isRejected, owner, leaseMs, rotationPeriodMs, sealIds }) {
      const { ask: script } = await scripts;
      const age = held === undefined ? '0' : String(held.ageMs);
      const flags = [held?.id ?? '', age, isRejected ? '1' : '0', owner];
      const args = [readTime(), ...flags, whole(leaseMs), whole(rotationPeriodMs), sealIds.join(' ')];
      return readAnswer(await run({ script, key: keyName(key), args }));
    },
    async put(key, { id, sealed, sealId, sealIds, requestedAtMs, lifetimeMs, owner }) {
      const { put: script } = await scripts;
      const entry = [owner, id, sealed, sealId, whole(requestedAtMs), whole(lifetimeMs)];
      const args = [readTime(), ...entry, sealIds.join(' '), channel(key)];
      return Number(await run({ script, key: keyName(key), args })) === 1;
    },
    async release(key, { owner, failure }) {
      const { release: script } = await scripts;
      const args = [readTime(), owner, failure?.sealed ?? '', whole(failure?.leftMs ?? 0), channel(key)];
      await run({ script, key: keyName(key), args });
    },
    ...(subscribe !== undefined && { watch: (key, changed) => subscribe(channel(key), changed) }),
  };
}

const whole = (ms: number): string => String(Math.round(ms));

/** @throws TypeError for something that the script does not answer */
function readAnswer(reply: unknown): StoreAnswer {
  const [kind = '', first = '', second = '', third = ''] = Array.isArray(reply) ? reply.map(toText) : [];
  switch (kind) {
    case 'entry':
      return { kind, id: first, sealed: second, ageMs: Number(third) };
    case 'lease':
      return { kind, atMs: Number(first) };
    case 'busy':
    case 'limited':
      return { kind, leftMs: Number(first) };
    case 'failed':
      return { kind, sealed: first, leftMs: Number(second) };
    case 'foreign':
      return { kind };
    default:
      throw new TypeError('Redis answered with something that the script does not answer');
  }
}

/** Clients can be set to answer with bytes. */
const toText = (value: unknown): string =>
  value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
