import * as userTokens from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { createUsers } from './create-users.ts';

test('the package exports exactly these names', () => {
  expect(Object.keys(userTokens).toSorted()).toEqual([
    'StoreError',
    'UserTokens',
    'UserTokensConfigError',
    'memoryStore',
    'postgresStore',
  ]);
});

const create = async (changes: object): Promise<unknown> => {
  const created = await userTokens.UserTokens.create({
    store: userTokens.memoryStore(),
    keys: { current: 'k1', keys: { k1: new Uint8Array(32) } },
    connections: { mail: { issuerUrl: 'https://id.test', clientId: 'app', clientSecret: 'cs_CANARY', scopes: [] } },
    redirectUri: 'https://app.test/oauth',
    identify: () => undefined,
    ...changes,
  });
  return created.isErr() ? created.error : undefined;
};
const mail = { issuerUrl: 'https://id.test', clientId: 'app', clientSecret: 'cs_CANARY', scopes: [] };

test.each([
  ['a misspelt option', { redirectUrl: '' }, 'Did you mean redirectUri?'],
  ['no store', { store: undefined }, 'store is missing'],
  ['a pool in the place of a store', { store: { query: () => {} } }, 'store must be a store, such as sqliteStore'],
  ['keys that are text', { keys: 'secret' }, 'keys must be an object, not a string'],
  ['no keys', { keys: {} }, "keys must be { current: 'id', keys: { id: key } }"],
  ['a short key', { keys: { current: 'k1', keys: { k1: new Uint8Array(16) } } }, 'keys.k1 must be 32 random bytes'],
  ['a redirect URI without https', { redirectUri: 'http://app.test/oauth' }, 'redirectUri must be https'],
  ['a lease that is too long', { leaseMs: 30_000 }, 'leaseMs must be milliseconds from 100 to below 30000'],
  ['a recheck of no time', { recheckMs: 0 }, 'recheckMs must be milliseconds above 0'],
  ['a connection with a slash', { connections: { 'a/b': mail } }, 'has the name "a/b"'],
  [
    'a connection without a server',
    { connections: { mail: { ...mail, issuerUrl: undefined } } },
    'connections.mail.issuerUrl',
  ],
  [
    'a misspelt option of a connection',
    { connections: { mail: { ...mail, scope: [] } } },
    'Did you mean connections.mail.scopes?',
  ],
  [
    'a connection without a client',
    { connections: { mail: { ...mail, clientId: '' } } },
    'connections.mail.clientId must not be blank',
  ],
])('%s is refused', async (_, changes, message) => {
  const error = await create(changes);

  expect(error).toMatchObject({ code: 'USER_TOKENS_CONFIG' });
  expect(String(error)).toContain(message);
  expect(String(error)).not.toContain('CANARY');
});

test('options that are right are accepted', async () => {
  expect(await create({})).toBeUndefined();
});

test('a store that does not open is an error', async () => {
  const store = userTokens.memoryStore();
  store.open = async () => {
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  };

  expect(await create({ store })).toMatchObject({ code: 'STORE', reason: 'unavailable', retryable: true });
});

test('after closing, handles answer CLOSED, and closing again does nothing', async () => {
  const { users, connect } = await createUsers();
  await connect();
  const token = users.for({ user: 'alice', connection: 'mail' });
  await token.get();

  await users.close();
  await users.close();

  expect((await token.get()).isErr()).toBe(true);
  expect(users.for({ user: 'bob', connection: 'mail' }).status().state).toBe('closed');
});
