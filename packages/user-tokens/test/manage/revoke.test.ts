import { expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';
import { whileTimePasses } from '../while-time-passes.ts';

const purpose = { user: 'alice', connection: 'mail' };

test('a revoked grant is unusable at once, revoked at the provider with the refresh token first, and erased', async () => {
  const { users, provider, connect, store, events } = await createUsers();
  const { id } = await connect();
  const token = users.for(purpose);
  await token.get();

  const revoked = await users.revoke(id);

  expect(revoked.unwrap()).toEqual({ provider: 'revoked' });
  expect(provider.revocations).toEqual(['rt_CANARY_alice_1', 'at_CANARY_alice_1']);
  expect(await store.get(id)).toMatchObject({ status: 'revoked', sealed: undefined });
  const after = await token.get();
  expect(after.isErr() && after.error).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'revoked' });
  expect(events.at(-1)).toMatchObject({ type: 'revoked', user: 'alice' });
});

test('a grant is unusable at once also when the provider is down, which is tried again, and the secret is gone after a day', async () => {
  const { users, provider, connect, store, clock } = await createUsers();
  const [first, second] = [await connect(), await connect({ user: 'bob' })];
  await users.for(purpose).get();
  await users.keepAlive(); // the endpoints are known
  provider.isDown = true;

  const revoked = [
    await whileTimePasses(users.revoke(first.id), clock),
    await whileTimePasses(users.revoke(second.id), clock),
  ];
  const after = await users.for(purpose).get();
  const kept = (await store.get(first.id))?.sealed;
  provider.isDown = false;
  const retried = await whileTimePasses(users.keepAlive({ limit: 1 }), clock);
  await clock.advance(24 * 3_600_000);
  provider.isDown = true;
  await whileTimePasses(users.keepAlive(), clock);

  expect(revoked.map((each) => each.unwrap().provider)).toEqual(['pending', 'pending']);
  expect([after.isErr(), kept === undefined, retried.unwrap().revoked]).toEqual([true, false, 1]);
  expect(provider.revocations).toHaveLength(2);
  const rows = await store.list({ limit: 9 });
  expect(rows.map(({ sealed }) => sealed)).toEqual([undefined, undefined]);
});

test('a refresh that is running while its grant is revoked brings nothing back, and its pair is revoked too', async () => {
  const { users, provider, connect, store } = await createUsers();
  const { id } = await connect({ lifetimeMs: -1 });
  provider.afterIssue = async () => {
    await users.revoke(id);
  };

  const token = await users.for(purpose).get();

  expect(token.isErr() && token.error).toMatchObject({ reason: 'revoked' });
  expect(provider.revocations).toContain('rt_CANARY_alice_2');
  expect((await store.get(id))?.status).toBe('revoked');
});

test('a provider without a revocation endpoint is reported, and the secret is erased', async () => {
  const { users, provider, connect, store } = await createUsers();
  provider.metadata = {};
  const { id } = await connect();

  expect((await users.revoke(id)).unwrap()).toEqual({ provider: 'unsupported' });
  expect((await store.get(id))?.sealed).toBeUndefined();
});

test('an id that names no grant is an error', async () => {
  const { users } = await createUsers();

  expect((await users.revoke('unknown')).isErr()).toBe(true);
});

test('forgetting a user revokes and deletes everything of the user, and nothing of others', async () => {
  const { users, provider, connect, store } = await createUsers();
  await connect();
  await connect({ account: 'second' });
  await connect({ user: 'bob' });
  await users.for(purpose).get();

  const forgotten = await users.forget({ user: 'alice' });

  expect(forgotten.unwrap()).toEqual({ deleted: 2, notRevoked: 0 });
  expect((await store.list({ limit: 9 })).map(({ user }) => user)).toEqual(['bob']);
  expect(provider.revocations.every((token) => token.includes('alice'))).toBe(true);
  const after = await users.for(purpose).get();
  expect(after.isErr() && after.error).toMatchObject({ reason: 'not_connected' });
});

test('forgetting a user deletes the rows also when the provider is down, and says so', async () => {
  const { users, provider, connect, store, clock } = await createUsers();
  await connect();
  provider.isDown = true;

  const forgotten = await whileTimePasses(users.forget({ user: 'alice' }), clock);

  expect(forgotten.unwrap()).toEqual({ deleted: 1, notRevoked: 1 });
  expect(await store.list({ limit: 9 })).toEqual([]);
});

test('a list shows grants without secrets', async () => {
  const { users, connect } = await createUsers();
  await connect();
  await connect({ user: 'bob' });

  const [grant, ...others] = (await users.list({ user: 'alice' })).unwrap();

  expect(others).toEqual([]);
  expect(grant).toMatchObject({ user: 'alice', connection: 'mail', status: 'active', scopes: ['mail.read'] });
  expect(Object.keys(grant ?? {})).not.toContain('sealed');
});

test('keepAlive refreshes grants that were idle, and no others', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect();
  await clock.advance(8 * 24 * 3_600_000);
  await connect({ user: 'bob' });
  await connect({ user: 'carol', hasRefreshToken: false });

  const report = await users.keepAlive();

  expect(report.unwrap()).toEqual({ refreshed: 1, failed: 0, revoked: 0 });
  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1']);
});
