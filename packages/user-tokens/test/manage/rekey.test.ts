import { UserTokens } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';

const k1 = new Uint8Array(32).fill(1);
const k2 = new Uint8Array(32).fill(2);
const both = { current: 'k2', keys: { k1, k2 } };

test('a new key is used at the next write, and rekey seals the rest again, in as many calls as it takes', async () => {
  const { connect, another, store } = await createUsers();
  for (let index = 0; index < 5; index += 1) await connect({ user: `user${index}` });
  const users = await another({ keys: both });

  const first = (await users.rekey({ limit: 2 })).unwrap();
  const between = await users.for({ user: 'user4', connection: 'mail' }).get();
  const second = (await users.rekey()).unwrap();

  expect([first.resealed, Object.fromEntries(first.rows)]).toEqual([2, { k1: 3, k2: 2 }]);
  expect([second.resealed, Object.fromEntries(second.rows)]).toEqual([3, { k2: 5 }]);
  expect(between.isOk()).toBe(true);
  expect((await store.list({ limit: 9 })).every(({ version }) => version === 1)).toBe(true);
});

test('what was sealed again opens with the new key alone', async () => {
  const { connect, another } = await createUsers();
  await connect();
  await (await another({ keys: both })).rekey();

  const users = await another({ keys: { current: 'k2', keys: { k2 } } });

  expect((await users.for({ user: 'alice', connection: 'mail' }).get()).isOk()).toBe(true);
});

test('a key that rows need cannot be removed', async () => {
  const { connect, store, provider } = await createUsers();
  await connect();

  const created = await UserTokens.create({
    store,
    keys: { current: 'k2', keys: { k2 } },
    connections: { mail: { issuerUrl: provider.issuer, clientId: 'app', clientSecret: 'cs', scopes: [] } },
    redirectUri: 'https://app.test/oauth',
    identify: () => undefined,
  });

  expect(created.isErr() && created.error).toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'keys' });
  expect(created.isErr() && created.error.message).toContain('keys has no key "k1", and 1 stored row needs it');
});

test('a row that does not open is counted, left as it is, and does not stop the others', async () => {
  const { connect, another, store } = await createUsers();
  const broken = await connect({ user: 'broken' });
  await connect();
  await store.reseal(broken.id, 1, { sealed: Uint8Array.of(1, 2), keyId: 'k1' });
  const users = await another({ keys: both });

  const report = (await users.rekey()).unwrap();

  expect(report).toMatchObject({ resealed: 1, undecryptable: 1 });
  expect([...((await store.get(broken.id))?.sealed ?? [])]).toEqual([1, 2]);
});

test('a refresh between reading and sealing wins', async () => {
  const { connect, another, store } = await createUsers();
  const { id } = await connect({ lifetimeMs: -1 });
  const users = await another({ keys: both });
  const reseal = store.reseal.bind(store);
  store.reseal = async (...values) => {
    await users.for({ user: 'alice', connection: 'mail' }).get();
    return reseal(...values);
  };

  await users.rekey();

  expect(await store.get(id)).toMatchObject({ version: 2, keyId: 'k2' });
  expect((await users.for({ user: 'alice', connection: 'mail' }).get()).isOk()).toBe(true);
});
