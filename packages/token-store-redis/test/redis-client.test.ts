import { createClient } from '@redis/client';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { redisTokenStore } from '../src/index.ts';
import type { RedisClient } from '../src/index.ts';

const question = { isRejected: false, owner: 'one', leaseMs: 3_000, rotationPeriodMs: 0, sealIds: ['a'] };

test.each<[string, unknown, string]>([
  ['a URL', 'redis://user:secret_CANARY@127.0.0.1', 'a client that you have connected'],
  ['nothing', undefined, 'a client of @redis/client or ioredis'],
  ['another object', {}, 'a client of @redis/client or ioredis'],
  ['a client of @redis/client with an offline queue', createClient(), 'disableOfflineQueue: true'],
  ['a client of ioredis with an offline queue', new Redis({ lazyConnect: true }), 'enableOfflineQueue: false'],
])('%s in place of a client is a clear error', (_, client, message) => {
  const make = (): unknown => redisTokenStore(client as RedisClient);

  expect(make).toThrow(expect.objectContaining({ code: 'CONFIG', field: 'client' }));
  expect(make).toThrow(message);
  expect(make).not.toThrow('CANARY');
});

test('a script that the server does not know is sent as text', async () => {
  const sent: string[][] = [];
  const store = redisTokenStore(async (args) => {
    sent.push(args);
    if (args[0] === 'EVALSHA') throw new Error('NOSCRIPT No matching script.');
    return ['lease', '5'];
  });

  const answer = await store.ask('key', question);

  expect(answer).toEqual({ kind: 'lease', atMs: 5 });
  expect(sent.map(([command, , keys, key]) => [command, keys, key])).toEqual([
    ['EVALSHA', '1', 'bearings:{key}'],
    ['EVAL', '1', 'bearings:{key}'],
  ]);
});

test('an error of the server is passed on, and the script is not sent again', async () => {
  let count = 0;
  const store = redisTokenStore(async () => {
    count += 1;
    throw new Error('READONLY You can not write against a read only replica.');
  });

  await expect(store.ask('key', question)).rejects.toThrow('READONLY');
  expect(count).toBe(1);
});

test('an answer of something that is not the script is an error', async () => {
  const store = redisTokenStore(async () => 'OK');

  await expect(store.ask('key', question)).rejects.toThrow(TypeError);
});

test('an answer in bytes is read', async () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const store = redisTokenStore(async () => [bytes('entry'), bytes('id'), bytes('sealed'), bytes('12')]);

  expect(await store.ask('key', question)).toEqual({ kind: 'entry', id: 'id', sealed: 'sealed', ageMs: 12 });
});
