import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeBrowser, fakeIssuer } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import { memoryStore, postgresStore, UserTokens } from '@bearings/user-tokens';
import type { GrantStore, KeySet, KeySource } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { postgres } from '../../../test/services.ts';
import { createSchema } from '../../../packages/user-tokens/test/store/create-schema.ts';
import { copyGrants } from '../src/copy-grants.ts';
import { kmsKeys } from '../src/kms-keys.ts';
import { retireKey } from '../src/rotate-key.ts';

const credentials = { clientId: 'app', clientSecret: 'a client secret' };
const [k1, k2] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const first: KeySet = { current: 'k1', keys: { k1 } };

const createUsers = async (issuer: FakeIssuer, store: GrantStore, keys: KeySet | KeySource): Promise<UserTokens> => {
  const created = await UserTokens.create({
    store,
    keys,
    connections: { mail: { issuerUrl: issuer.issuerUrl, ...credentials, scopes: ['openid'] } },
    redirectUri: 'https://app.test/oauth',
    identify: () => 'alice',
    fetch: issuer.fetch,
  });
  return created.unwrap();
};

async function consent(issuer: FakeIssuer, users: UserTokens): Promise<void> {
  const flow = (await users.authorize({ user: 'alice', connection: 'mail', returnTo: '/done' })).unwrap();
  const browser = fakeBrowser(async (input, init) => {
    const request = new Request(input, init);
    return request.url.startsWith('https://app.test/oauth') ? users.handler(request) : issuer.fetch(request);
  });
  if (flow.status === 'pending') await browser.open(flow.url, { stopBefore: 'https://app.test/done' });
}

test('a key is retired when no row needs it, and not while a consent is under way', async () => {
  const issuer = fakeIssuer({ clients: [credentials] });
  const store = memoryStore();
  const users = await createUsers(issuer, store, first);
  (await users.authorize({ user: 'bob', connection: 'mail' })).unwrap();
  const rotated = await createUsers(issuer, store, { current: 'k2', keys: { k1, k2 } });

  const isRetired = await retireKey(rotated, 'k1');
  await store.deleteUser({ tenant: '', user: 'bob' });

  expect([isRetired, await retireKey(rotated, 'k1')]).toEqual([false, true]);
});

test('keys of a KMS are decrypted once each', async () => {
  const unwrapped: number[] = [];
  const wrapped = new Map([['k1', new Uint8Array(32).fill(9)]]);
  const keys = kmsKeys('k1', wrapped, async (key) => {
    unwrapped.push(key.length);
    return k1;
  });
  const issuer = fakeIssuer({ clients: [credentials] });
  const users = await createUsers(issuer, memoryStore(), keys);

  (await users.authorize({ user: 'alice', connection: 'mail' })).unwrap();
  (await users.authorize({ user: 'bob', connection: 'mail' })).unwrap();

  expect(unwrapped).toEqual([32]);
});

test.skipIf(!postgres.isThere)('grants that are copied from SQLite to PostgreSQL go on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bearings-'));
  const { pool, drop } = await createSchema();
  onTestFinished(async () => {
    await drop();
    await rm(folder, { recursive: true });
  });
  const path = join(folder, 'grants.db');
  const query = (text: string, values?: unknown[]) => pool.query(text, values);
  const issuer = fakeIssuer({ clients: [credentials] });
  const before = await createUsers(issuer, sqliteStore({ path }), first);
  await consent(issuer, before);
  await before.close();

  const copied = await copyGrants(path, query);
  const again = await copyGrants(path, query);
  const after = await createUsers(issuer, postgresStore({ query }), first);
  const token = after.for({ user: 'alice', connection: 'mail' });
  const held = (await token.get()).unwrap();

  expect([copied, again]).toEqual([1, 1]);
  expect((await token.invalidate(held)).isOk()).toBe(true);
});
