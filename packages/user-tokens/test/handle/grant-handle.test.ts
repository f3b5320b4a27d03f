import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { AccessToken, TokenError, TokenEvent } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import { expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';
import { FakeProvider } from '../fake-provider.ts';
import { storeTokens } from '../store-tokens.ts';
import { turn, whileTimePasses } from '../while-time-passes.ts';

const purpose = { user: 'alice', connection: 'mail' };
const show = (result: Result<AccessToken, TokenError>): string =>
  result.isOk() ? result.value.secret.expose() : result.error.code;

test('a handle is made without I/O, and the same purpose has the same handle', async () => {
  const { users } = await createUsers();

  const [one, two, other] = [users.for(purpose), users.for({ ...purpose }), users.for({ ...purpose, user: 'bob' })];

  expect([one === two, one === other]).toEqual([true, false]);
  expect(show(one.read())).toBe('TOKEN_UNAVAILABLE');
  expect(one.status()).toMatchObject({ state: 'none', generation: 0, validForMs: 0 });
});

test('a client calls an API with the token of a user', async () => {
  const { users, provider, connect } = await createUsers();
  await connect();
  const client = createClient(
    { baseUrl: 'https://api.test', fetch: provider.fetch },
    withBearerAuth(users.for(purpose)),
  );

  expect(await client.get('me').json()).toEqual({ user: 'alice' });
});

test('a user without a grant is asked for consent, without a token request', async () => {
  const { users, provider } = await createUsers();

  const token = await users.for(purpose).get();

  expect(token.isErr() && token.error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'not_connected' });
  expect(provider.refreshes).toEqual([]);
});

test('scopes that are not granted are named in the error, and those about the answer are not missed', async () => {
  const { users, connect } = await createUsers();
  await connect({ scopes: ['mail.read'] });

  const missing = await users.for({ ...purpose, scopes: ['mail.read', 'mail.send', 'openid'] }).get();
  const granted = await users.for({ ...purpose, scopes: ['mail.read', 'offline_access'] }).get();

  expect(missing.isErr() && missing.error).toMatchObject({
    reason: 'insufficient_scope',
    missingScopes: ['mail.send'],
  });
  expect(granted.isOk()).toBe(true);
});

test('two hundred calls that get 401 for one old token cause one refresh, however late each comes', async () => {
  const { users, provider, connect } = await createUsers();
  await connect();
  const token = users.for(purpose);
  const old = (await token.get()).unwrap();

  const waves = [];
  for (let wave = 0; wave < 4; wave += 1) {
    waves.push(...Array.from({ length: 50 }, async () => token.invalidate(old)));
    await turn();
  }
  const renewed = await Promise.all(waves);

  expect(provider.refreshes).toHaveLength(1);
  expect(new Set(renewed.map(show))).toEqual(new Set(['at_CANARY_alice_2']));
});

test('a token that another process has renewed meanwhile is taken from the store after a 401, without a request', async () => {
  const { users, provider, connect, store } = await createUsers();
  const { id } = await connect();
  const token = users.for(purpose);
  const old = (await token.get()).unwrap();
  await storeTokens(store, id, 'at_of_a_sibling');

  const renewed = await Promise.all(Array.from({ length: 200 }, async () => token.invalidate(old)));

  expect(new Set(renewed.map(show))).toEqual(new Set(['at_of_a_sibling']));
  expect(provider.refreshes).toEqual([]);
});

test('fifty calls in flight survive a refresh after which the old access token is dead at once', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect();
  provider.afterIssue = () => provider.expireAccess('alice', 1);
  const handle = users.for(purpose);
  const client = createClient({ baseUrl: 'https://api.test', fetch: provider.fetch, clock }, withBearerAuth(handle));
  await handle.get();

  const calls = Array.from({ length: 50 }, async (_, index) => {
    if (index === 25) await handle.invalidate();
    return client.get('me').json();
  });

  expect(new Set((await Promise.all(calls)).map((each) => JSON.stringify(each)))).toEqual(
    new Set(['{"user":"alice"}']),
  );
  expect(provider.refreshes).toHaveLength(1);
});

test('a token that every resource rejects at once is renewed three times, then once per ten seconds', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect();
  const token = users.for(purpose);
  await token.get();

  for (let count = 0; count < 20; count += 1) await token.invalidate();
  const burst = provider.refreshes.length;
  await clock.advance(10_000);
  for (let count = 0; count < 20; count += 1) await token.invalidate();

  expect([burst, provider.refreshes.length]).toEqual([3, 4]);
});

test('when a rejected token cannot be renewed, it stays in use, and is not tried again during the pause', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect();
  const token = users.for(purpose);
  const old = (await token.get()).unwrap();
  provider.isDown = true;

  const kept = await whileTimePasses(token.invalidate(old), clock);
  const again = await token.invalidate(old);

  expect([show(kept), show(again), show(token.read())]).toEqual(Array.from({ length: 3 }, () => 'at_CANARY_alice_1'));
});

test('a token is renewed in the background of a use, five minutes before it expires', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect();
  const token = users.for(purpose);
  await token.get();

  await clock.advance(3_290_000);
  token.read();
  await settle(token.get());
  const early = provider.refreshes.length;
  await clock.advance(20_000);
  const served = token.read();
  await expect.poll(() => show(token.read())).toBe('at_CANARY_alice_2');

  expect([early, show(served), provider.refreshes.length]).toEqual([0, 'at_CANARY_alice_1', 1]);
});

test('a caller that needs a token for longer waits a second at most, and gets the valid one', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect({ lifetimeMs: 60_000 });
  const token = users.for(purpose);
  await token.get();
  await clock.advance(45_000);
  const stuck = Promise.withResolvers<undefined>();
  provider.faults.push(() => stuck.promise);

  const got = token.get({ minValidityMs: 30_000 });
  await turn();
  await clock.advance(1_000);
  const first = show(await got);
  stuck.resolve(undefined);
  await expect.poll(() => show(token.read())).toBe('at_CANARY_alice_2');

  expect(first).toBe('at_CANARY_alice_1');
});

test('aborting one waiting caller does not affect the refresh', async () => {
  const { users, provider, connect } = await createUsers();
  await connect({ lifetimeMs: -1 });
  const token = users.for(purpose);
  const caller = new AbortController();

  const aborted = token.get({ signal: caller.signal });
  const other = token.get();
  caller.abort(new Error('left'));

  await expect(aborted).rejects.toThrow('left');
  expect(show(await other)).toBe('at_CANARY_alice_2');
  expect(provider.refreshes).toHaveLength(1);
});

test('a grant that another process revokes is not used any more after recheckMs', async () => {
  const { users, connect, clock, another } = await createUsers();
  const { id } = await connect();
  const other = await another();
  const token = users.for(purpose);
  await token.get();

  await other.revoke(id);
  await clock.advance(29_000);
  const before = token.read();
  await clock.advance(1_000);
  token.read();
  await expect.poll(() => show(token.read())).toBe('REAUTHORIZATION_REQUIRED');

  expect(show(before)).toBe('at_CANARY_alice_1');
});

test('new consent wakes every handle of the user: at once here, within recheckMs in other processes', async () => {
  const { users, connect, clock, another } = await createUsers();
  const other = await another();
  const [here, there] = [users.for(purpose), other.for(purpose)];
  await here.get();
  await there.get();

  await connect();
  const early = await there.get();
  await clock.advance(30_000);
  const late = await there.get();

  expect([show(early), show(late)]).toEqual(['REAUTHORIZATION_REQUIRED', 'at_CANARY_alice_1']);
});

test('a handle that is not used asks the store nothing and holds no timer', async () => {
  const { users, connect, clock } = await createUsers();
  await connect();
  await users.for(purpose).get();

  await clock.advance(3_000_000);

  expect(clock.pending).toBe(0);
});

test('while the store is down, a valid token in memory is served, and a caller without one gets an error in time', async () => {
  const { users, connect, clock, store } = await createUsers();
  await connect();
  const token = users.for(purpose);
  await token.get();
  const never = new Promise<never>(() => {});
  Object.assign(store, { get: async () => never, find: async () => never });

  await clock.advance(40_000);
  const served = await token.get();
  const waiting = users.for({ ...purpose, user: 'bob' }).get();
  await clock.advance(5_000);
  const failed = await waiting;

  expect([show(served), show(failed)]).toEqual(['at_CANARY_alice_1', 'TOKEN_UNAVAILABLE']);
  expect(failed.isErr() && failed.error).toMatchObject({
    retryable: true,
    cause: { code: 'STORE', reason: 'unavailable' },
  });
});

test('tokens that do not open ask for consent, and a key that is missing is named', async () => {
  const { another, connect, store } = await createUsers();
  await connect();
  const ring = { current: () => 'k1', get: (id: string) => (id === 'k1' ? new Uint8Array(32).fill(9) : undefined) };
  const wrongKey = await another({ keys: ring });

  const changed = await wrongKey.for(purpose).get();
  const [grant] = await store.list({ limit: 1 });
  await store.reseal(grant?.id ?? '', 1, { sealed: Uint8Array.of(1), keyId: 'k9' });
  const missing = await wrongKey.for({ ...purpose, scopes: [] }).get();

  expect(changed.isErr() && changed.error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'undecryptable' });
  expect(missing.isErr() && missing.error).toMatchObject({
    code: 'TOKEN_UNAVAILABLE',
    kind: 'permanent',
    cause: { reason: 'unknown_key' },
  });
  expect((await store.list({ limit: 1 }))[0]?.status).toBe('active');
});

test('the events and the status of a token show no secret', async () => {
  const { users, connect } = await createUsers();
  await connect({ lifetimeMs: -1 });
  const token = users.for(purpose);
  const events: TokenEvent[] = [];
  token.subscribe((event) => events.push(event));

  await token.get();
  await token.invalidate();
  await token.close();

  expect(events.map(({ type }) => type)).toEqual(['acquired', 'invalidated', 'rotated', 'closed']);
  expect(JSON.stringify([events, token.status()])).not.toContain('CANARY');
  expect(token.status().state).toBe('closed');
  expect(show(await token.get())).toBe('TOKEN_CLOSED');
});

test('a closed handle is replaced by a new one at the next question', async () => {
  const { users, connect } = await createUsers();
  await connect();
  await users.for(purpose).close();

  expect(show(await users.for(purpose).get())).toBe('at_CANARY_alice_1');
});

test.each([
  [
    'an unknown connection',
    { connection: 'calendar' },
    'connection must be the name of a connection. The connections are mail',
  ],
  ['no user', { user: '' }, 'user must not be empty'],
  ['a user id of 10 kB', { user: 'a'.repeat(10_000) }, 'user must have at most 512 characters, not 10000'],
  ['a tenant with a NUL', { tenant: 'a\0b' }, 'tenant must not have control characters'],
  ['a user that is a number', { user: 42 as unknown as string }, 'user must be text, not number'],
  ['half a surrogate pair', { account: '\ud800' }, 'account must not have control characters or half'],
])('%s is refused at once', async (_, changes, message) => {
  const { users } = await createUsers();

  expect(() => users.for({ ...purpose, ...changes })).toThrow(message);
});

/** Waits for an answer, and for what it began in the background. */
async function settle(answer: Promise<unknown>): Promise<void> {
  await answer;
  await turn();
}

test('a provider that rotates with a grace period is asked once by five instances', async () => {
  const provider = new FakeProvider({ rotation: { graceMs: 30_000 } });
  const { users, connect, another, clock } = await createUsers({ provider });
  const all = [users, await another(), await another(), await another(), await another()];
  await connect({ lifetimeMs: -1 });

  const tokens = await whileTimePasses(Promise.all(all.map(async (each) => each.for(purpose).get())), clock);

  expect([new Set(tokens.map(show)).size, provider.refreshes.length]).toEqual([1, 1]);
});
