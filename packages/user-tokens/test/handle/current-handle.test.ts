import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { expect, test } from 'vitest';
import { createUsers } from '../create-users.ts';

const names = Array.from({ length: 100 }, (_, index) => `user${index}`);

test('one client serves a hundred users at once, and never one with the token of another', async () => {
  const { users, provider, connect } = await createUsers();
  for (const user of names) await connect({ user, lifetimeMs: user.endsWith('7') ? -1 : 3_600_000 });
  provider.expireAccess('user3', 0); // its token gets a 401, and is renewed
  const mail = createClient(
    { baseUrl: 'https://api.test', fetch: provider.fetch },
    withBearerAuth(users.current('mail')),
  );

  const calls = [...names, ...names, ...names].map(async (user) =>
    users.run({ user }, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return [user, await mail.get('me').json()];
    }),
  );

  for (const [user, answer] of await Promise.all(calls)) expect(answer).toEqual({ user });
});

test('outside of run every call is refused', async () => {
  const { users, provider, connect } = await createUsers();
  await connect();
  const token = users.current('mail');
  const mail = createClient({ baseUrl: 'https://api.test', fetch: provider.fetch }, withBearerAuth(token));

  const failed = mail.get('me').json();

  await expect(failed).rejects.toMatchObject({ code: 'TOKEN_CONFIG', field: 'user' });
  expect([token.read(), await token.get(), await token.invalidate()].every((each) => each.isErr())).toBe(true);
  expect(token.status().state).toBe('none');
});

test('a timer that was set in a run is for its user, also after another run', async () => {
  const { users, connect } = await createUsers();
  for (const user of ['alice', 'bob']) await connect({ user });
  const token = users.current('mail');
  const later = async (): Promise<string> =>
    new Promise((resolve) => {
      setTimeout(() => resolve(token.get().then((result) => result.unwrap().secret.expose())), 1);
    });

  const alices = users.run({ user: 'alice' }, later);
  const bobs = users.run({ user: 'bob' }, later);

  expect(await Promise.all([alices, bobs])).toEqual(['at_CANARY_alice_1', 'at_CANARY_bob_2']);
});

test('a run without a user is refused before the function is called', async () => {
  const { users } = await createUsers();
  const fail = (): never => {
    throw new Error('called');
  };

  expect(() => users.run({ user: '' }, fail)).toThrow('user must not be empty');
  expect(() => users.run({} as { user: string }, fail)).toThrow('user must be text, not undefined');
});

test('a tenant has its own users', async () => {
  const { users, connect } = await createUsers();
  await connect({ tenant: 'one' });
  const token = users.current('mail');

  const [one, two] = await Promise.all(
    ['one', 'two'].map(async (tenant) => users.run({ user: 'alice', tenant }, async () => token.get())),
  );

  expect([one?.isOk(), two?.isErr()]).toEqual([true, true]);
});

test('the current token of an unknown connection is refused at once', async () => {
  const { users } = await createUsers();

  expect(() => users.current('calendar')).toThrow('connection must be the name of a connection');
});
