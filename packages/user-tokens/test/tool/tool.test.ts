import { expect, test } from 'vitest';
import { createUsersApp } from '../users-app.ts';

const baseUrl = 'https://api.test';

test('a tool answers that consent is pending, and works for the user after it', async () => {
  const { users, signIn, fetch } = await createUsersApp();
  const search = users.tool('mail', { baseUrl, client: { fetch } }, async (query: string, { client, user }) => ({
    query,
    user,
    ...(await client.get('me').json<object>()),
  }));
  const call = async (): Promise<unknown> => users.run({ user: 'alice' }, async () => search('invoices'));

  const before = await call();
  const link = (before as { auth_url: string; authorization_id: string }).auth_url;
  const page = await signIn('alice').open(link);
  const waited = await users.wait((before as { authorization_id: string }).authorization_id);
  const after = await call();

  expect(before).toEqual({
    pending: true,
    message: expect.stringContaining('allow access to mail'),
    auth_url: expect.stringMatching(/^https:\/\/app\.test\/oauth\/connect\//),
    authorization_id: expect.any(String),
  });
  expect([page.status, waited.unwrap()]).toEqual([200, { status: 'completed' }]);
  expect(after).toEqual({ query: 'invoices', user: 'alice', token: expect.stringMatching(/^Bearer ./) });
});

test('ten calls at once share one link', async () => {
  const { users } = await createUsersApp();
  const tool = users.tool('mail', { baseUrl }, () => 'done');

  const answers = await users.run({ user: 'alice' }, async () =>
    Promise.all(Array.from({ length: 10 }, async () => tool({}))),
  );

  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ pending: true });
});

test('a tool asks again after the grant was revoked, and for scopes that are missing', async () => {
  const { users, signIn } = await createUsersApp();
  const read = users.tool('mail', { baseUrl }, () => 'read');
  const send = users.tool('mail', { baseUrl, scopes: ['mail.send'] }, () => 'sent');
  const asAlice = async <T>(tool: (args: object) => Promise<T>): Promise<T> =>
    users.run({ user: 'alice' }, async () => tool({}));
  const first = await asAlice(read);
  await signIn('alice').open((first as { auth_url: string }).auth_url);

  const allowed = await asAlice(read);
  const missing = await asAlice(send);
  const [grant] = (await users.list()).unwrap();
  await users.revoke(grant?.id ?? '');
  const revoked = await asAlice(read);

  expect([allowed, missing, revoked]).toEqual([
    'read',
    expect.objectContaining({ pending: true }),
    expect.objectContaining({ pending: true }),
  ]);
});

test('a tool without a current user is refused, and its function is not called', async () => {
  const { users } = await createUsersApp();
  const tool = users.tool('mail', { baseUrl }, () => 'done');

  await expect(tool({})).rejects.toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'user' });
});

test('an error of the function passes through', async () => {
  const { users, signIn } = await createUsersApp();
  const tool = users.tool('mail', { baseUrl }, () => {
    throw new Error('the mailbox is full');
  });
  const call = async (): Promise<unknown> => users.run({ user: 'alice' }, async () => tool({}));
  await signIn('alice').open(((await call()) as { auth_url: string }).auth_url);

  await expect(call()).rejects.toThrow('the mailbox is full');
});
