import { memoryStore } from '@bearings/user-tokens';
import type { ConnectionConfig, GrantStore } from '@bearings/user-tokens';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { GrantVault } from '../../src/grant/grant-vault.ts';
import type { TokenPair } from '../../src/grant/token-pair.ts';
import { openKeyRing } from '../../src/sealing/open-key-ring.ts';
import { RowSealer } from '../../src/sealing/row-sealer.ts';
import { createUsers, keys } from '../create-users.ts';
import { FakeProvider } from '../fake-provider.ts';
import { whileTimePasses } from '../while-time-passes.ts';

const purpose = { user: 'alice', connection: 'mail' };
const hourMs = 3_600_000;

/** A connection to a provider without metadata: what it does is known from its answers alone. */
const mail = (changes: Partial<ConnectionConfig> = {}): { readonly mail: ConnectionConfig } => ({
  mail: {
    endpoints: { authorization: 'https://id.test/authorize', token: 'https://id.test/token' },
    issuerUrl: 'https://id.test',
    clientId: 'app',
    clientSecret: 'cs_CANARY',
    scopes: ['mail.read'],
    ...changes,
  },
});

/** The pair of the only grant. */
async function storedPair(store: GrantStore): Promise<TokenPair> {
  const [grant] = await store.list({ limit: 1 });
  if (grant === undefined) throw new Error('there is no grant');
  return new GrantVault(store, new RowSealer((await openKeyRing(keys)).unwrap())).open(grant);
}

test('a grant survives refreshes whose Bearer tokens are refused, at a server that rotates strictly', async () => {
  const { provider, another, connect, store } = await createUsers();
  await connect({ lifetimeMs: -1 });
  const bound = await another({ connections: mail({ dpop: true }) });

  const refused = [
    await bound.for(purpose).get(),
    await (await another({ connections: mail({ dpop: true }) })).for(purpose).get(),
  ];
  const { status, version } = (await store.list({ limit: 1 }))[0] ?? {};
  const token = await (await another({ connections: mail() })).for(purpose).get();

  expect(refused.map((each) => each.unwrapErr().code)).toEqual(['UNSUPPORTED_TOKEN_TYPE', 'UNSUPPORTED_TOKEN_TYPE']);
  expect([status, version]).toEqual(['active', 3]);
  expect(token.unwrap().secret.expose()).toBe('at_CANARY_alice_4');
  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1', 'rt_CANARY_alice_2', 'rt_CANARY_alice_3']);
});

test.each([
  ['of another type', { token_type: 'mac' }, 'UNSUPPORTED_TOKEN_TYPE'],
  ['with a lifetime that is no number', { expires_in: 'soon' }, 'INVALID_TOKEN_RESPONSE'],
  ['with scopes that are no text', { scope: 5 }, 'INVALID_TOKEN_RESPONSE'],
  ['that is missing', { access_token: undefined }, 'INVALID_TOKEN_RESPONSE'],
  ['that no header can carry', { access_token: 'a b' }, 'INVALID_TOKEN_RESPONSE'],
])('the new refresh token beside an access token %s is kept', async (_, changes, code) => {
  const clock = virtualClock();
  const members: Record<string, unknown> = { ...changes };
  const { users, another, provider, connect } = await createUsers({
    clock,
    provider: new FakeProvider({ clock, members }),
  });
  await connect({ lifetimeMs: -1 });

  const refused = await users.for(purpose).get();
  for (const name of Object.keys(members)) delete members[name];
  const token = await (await another()).for(purpose).get();

  expect(refused.unwrapErr().code).toBe(code);
  expect(token.unwrap().secret.expose()).toBe('at_CANARY_alice_3');
  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1', 'rt_CANARY_alice_2']);
});

test.each([
  ['that is an error', 200, { error: 'temporarily_unavailable' }],
  ['with a status of failure', 500, {}],
  ['whose refresh token is no text', 200, { refresh_token: 7 }],
  ['whose refresh token is empty', 200, { refresh_token: '' }],
])('nothing is kept of an answer %s', async (_, status, changes) => {
  const { users, provider, connect, store, clock } = await createUsers();
  await connect({ lifetimeMs: -1 });
  const answer = { token_type: 'mac', access_token: 'at_2', refresh_token: 'rt_2', ...changes };
  for (let count = 0; count < 3; count += 1) provider.faults.push(() => Response.json(answer, { status }));

  const refused = await whileTimePasses(users.for(purpose).get(), clock);

  expect(refused.isErr()).toBe(true);
  expect((await storedPair(store)).refresh?.expose()).toBe('rt_CANARY_alice_1');
});

test('an answer with a status other than 200 is refused, and its refresh token is kept', async () => {
  const { users, provider, connect, store } = await createUsers();
  await connect({ lifetimeMs: -1 });
  const answer = { token_type: 'Bearer', access_token: 'at_2', refresh_token: 'rt_2' };
  provider.faults.push(() => Response.json(answer, { status: 201 }));

  expect((await users.for(purpose).get()).unwrapErr().code).toBe('INVALID_TOKEN_RESPONSE');
  expect((await storedPair(store)).refresh?.expose()).toBe('rt_2');
});

test('the access token before a refused one stays in use, in this process and in others', async () => {
  const { another, connect, store } = await createUsers();
  const { id } = await connect({ lifetimeMs: hourMs });
  const token = (await another({ connections: mail({ dpop: true }) })).for(purpose);
  const before = (await token.get()).unwrap();

  const here = await token.invalidate(before);
  const there = await (await another({ connections: mail({ dpop: true }) })).for(purpose).get();

  expect([here, there].map((each) => each.unwrap().secret.expose())).toEqual([
    'at_CANARY_alice_1',
    'at_CANARY_alice_1',
  ]);
  expect(await store.get(id)).toMatchObject({ version: 2, status: 'active', accessExpiresInMs: hourMs });
  expect((await storedPair(store)).refresh?.expose()).toBe('rt_CANARY_alice_2');
});

test('a rejected token is refreshed also where another process has stored a new refresh token beside it', async () => {
  const { provider, another, connect, store } = await createUsers();
  const { id } = await connect({ lifetimeMs: hourMs });
  const token = (await another({ connections: mail() })).for(purpose);
  const before = (await token.get()).unwrap();
  const bound = (await another({ connections: mail({ dpop: true }) })).for(purpose);
  await bound.invalidate((await bound.get()).unwrap());

  const after = await token.invalidate(before);

  expect(after.unwrap().secret.expose()).toBe('at_CANARY_alice_3');
  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1', 'rt_CANARY_alice_2']);
  expect((await store.get(id))?.version).toBe(3);
});

test('what was wrong with an answer is stored beside its refresh token, until a refresh succeeds', async () => {
  const { another, connect, store } = await createUsers();
  const { id } = await connect({ lifetimeMs: -1 });

  await (await another({ connections: mail({ dpop: true }) })).for(purpose).get();
  const refused = await store.get(id);
  await (await another({ connections: mail() })).for(purpose).get();
  const renewed = await store.get(id);

  expect([refused?.version, refused?.lastError]).toEqual([2, 'UNSUPPORTED_TOKEN_TYPE']);
  expect([renewed?.version, renewed?.lastError]).toEqual([3, undefined]);
});

test('the end of a new refresh token counts from its answer', async () => {
  const clock = virtualClock();
  const members = { token_type: 'mac', refresh_token_expires_in: 60 };
  const { users, connect, store } = await createUsers({ clock, provider: new FakeProvider({ clock, members }) });
  const { id } = await connect({ lifetimeMs: -1, refreshLifetimeMs: hourMs });

  await users.for(purpose).get();

  expect((await store.get(id))?.refreshExpiresInMs).toBe(60_000);
});

test('a new refresh token that is bound to the key of the request is kept with that key', async () => {
  const clock = virtualClock();
  const members = { token_type: 'DPoP', expires_in: 'soon' };
  const { another, connect, store } = await createUsers({ clock, provider: new FakeProvider({ clock, members }) });
  const { id } = await connect({ lifetimeMs: hourMs });
  const asPublic = mail({ dpop: true, clientSecret: undefined, clientAuthMethod: 'none' });

  const token = (await another({ connections: asPublic })).for(purpose);

  await token.invalidate((await token.get()).unwrap());

  const { binding, refresh } = await storedPair(store);
  expect([binding?.thumbprint.length, refresh?.expose()]).toEqual([43, 'rt_CANARY_alice_2']);
  expect((await store.get(id))?.accessExpiresInMs).toBe(0); // it cannot be signed with this key
});

test('a new refresh token that the store does not take is kept in memory until it does', async () => {
  const clock = virtualClock();
  const store = memoryStore({ clock });
  const commit = store.commit.bind(store);
  let isDown = false;
  store.commit = async (...args) => {
    if (isDown) throw new Error('the store is down');
    return commit(...args);
  };
  const provider = new FakeProvider({ clock, members: { token_type: 'mac' } });
  const { users, connect, events } = await createUsers({ clock, store, provider });
  await connect({ lifetimeMs: -1 });
  isDown = true;

  const refused = await users.for(purpose).get();
  isDown = false;
  await whileTimePasses(users.close(), clock);

  expect(refused.unwrapErr().code).toBe('UNSUPPORTED_TOKEN_TYPE');
  expect(events.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['persist-failed', 'refresh-failed', 'persisted']),
  );
  expect((await storedPair(store)).refresh?.expose()).toBe('rt_CANARY_alice_2');
});
