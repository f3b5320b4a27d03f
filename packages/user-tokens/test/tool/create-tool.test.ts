import { combineFetch, fakeApi, faults } from '@bearings/testing';
import type { FakeApi } from '@bearings/testing';
import type { ToolOptions } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { mailIssuer, testApp } from '../consent/test-app.ts';
import type { TestApp } from '../consent/test-app.ts';

interface Tools {
  readonly app: TestApp;
  readonly api: FakeApi;
  readonly search: ReturnType<typeof createSearch>;
}

async function createTools(): Promise<Tools> {
  const app = await testApp();
  const api = fakeApi(app.issuer, { 'GET /messages/:word': ({ params, token }) => [params['word'], token.account] });
  return { app, api, search: createSearch(app, api) };
}

function createSearch({ users, issuer }: TestApp, api: FakeApi) {
  const options = { baseUrl: api.origin, client: { fetch: combineFetch(issuer, api) }, returnTo: '/chat' };
  return users.tool('mail', { ...options, scopes: ['openid', 'mail.read'] }, (word: string, tool) =>
    tool.client.get(`messages/${word}`).json<string[]>(),
  );
}

test('a tool without consent answers with a link, and goes on after consent', async () => {
  const { app, search } = await createTools();
  const ask = () => app.users.run({ user: 'alice' }, () => search('invoice'));

  const pending = await ask();

  expect(pending).toEqual({
    pending: true,
    message: expect.stringContaining('The user has to allow access to mail.'),
    auth_url: expect.stringMatching(/^https:\/\/app\.test\/oauth\/connect\/[\w-]+$/),
    authorization_id: expect.any(String),
  });
  if (!('pending' in pending)) return;
  await app.signIn('alice').open(pending.auth_url);
  expect((await app.users.wait(pending.authorization_id)).unwrap()).toEqual({ status: 'completed' });
  expect(await ask()).toEqual(['invoice', 'alice']);
});

test('ten calls at once share one flow', async () => {
  const { app, search } = await createTools();

  const answers = await Promise.all(
    Array.from({ length: 10 }, () => app.users.run({ user: 'alice' }, () => search('invoice'))),
  );

  expect(new Set(answers.map((each) => 'pending' in each && each.authorization_id)).size).toBe(1);
});

test('the user may be passed to the tool', async () => {
  const { app, search } = await createTools();
  const pending = await search('invoice', { user: 'alice' });
  if (!('pending' in pending)) throw new Error('there is no consent yet');
  await app.signIn('alice').open(pending.auth_url);

  expect(await search('invoice', { user: 'alice' })).toEqual(['invoice', 'alice']);
  expect(await search('invoice', { user: 'bob' })).toMatchObject({ pending: true });
});

test('a tool without a user is refused', async () => {
  const { search } = await createTools();

  await expect(search('invoice')).rejects.toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'user' });
});

test('consent that ends during the call is asked for again', async () => {
  const { app, api, search } = await createTools();
  const ask = () => app.users.run({ user: 'alice' }, () => search('invoice'));
  const first = await ask();
  if (!('pending' in first)) throw new Error('there is no consent yet');
  await app.signIn('alice').open(first.auth_url);
  await ask();

  app.issuer.withdrawConsent();
  const again = await ask();

  expect(again).toMatchObject({ pending: true });
  expect(api.counts.unauthorized).toBe(1);
  if (!('pending' in again)) return;
  await app.signIn('alice').open(again.auth_url);
  expect(await ask()).toEqual(['invoice', 'alice']);
});

test('consent that another process has received ends the wait at once', async () => {
  const { app, api, search } = await createTools();
  const replica = await app.replica();
  const pending = await search('invoice', { user: 'alice' });
  if (!('pending' in pending)) throw new Error('there is no consent yet');
  await replica.signIn('alice').open(pending.auth_url);

  expect(await search('invoice', { user: 'alice' })).toEqual(['invoice', 'alice']);
  expect(api.counts.requests).toBe(1);
});

test('fewer scopes than the tool needs stay pending', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { scopes: ['openid'] } }) });
  const search = createSearch(app, fakeApi(app.issuer));
  const pending = await search('invoice', { user: 'alice' });
  if (!('pending' in pending)) throw new Error('there is no consent yet');

  await app.signIn('alice').open(pending.auth_url);

  expect(await search('invoice', { user: 'alice' })).toMatchObject({ pending: true });
});

test('the error of the function, and an outage, are the errors of the tool', async () => {
  const { app, search } = await createTools();
  const failing = app.users.tool('mail', { baseUrl: 'https://api.test' }, () => {
    throw new Error('no such mail');
  });
  const pending = await search('invoice', { user: 'alice' });
  if (!('pending' in pending)) throw new Error('there is no consent yet');
  await app.signIn('alice').open(pending.auth_url);
  await expect(failing(undefined, { user: 'alice' })).rejects.toThrow('no such mail');

  app.issuer.inject(faults.unavailable());
  await app.clock.advance(3_600_000);

  await expect(failing(undefined, { user: 'alice' })).rejects.toMatchObject({ code: 'TOKEN_HTTP' });
});

test('a tool may use the token itself', async () => {
  const { app, search } = await createTools();
  const pending = await search('invoice', { user: 'alice' });
  if (!('pending' in pending)) throw new Error('there is no consent yet');
  await app.signIn('alice').open(pending.auth_url);
  const scopes = app.users.tool(
    'mail',
    { baseUrl: 'https://api.test' },
    async (_: void, { token }) => (await token.get()).unwrap().scopes,
  );

  expect(await scopes(undefined, { user: 'alice' })).toEqual(['openid', 'mail.read']);
});

test.each<[string, string, object]>([
  ['connection', 'mial', { baseUrl: 'https://api.test' }],
  ['baseUrl', 'mail', {}],
  ['scope', 'mail', { scope: ['a'] }],
  ['scopes', 'mail', { scopes: 'a' }],
  ['returnTo', 'mail', { baseUrl: 'https://api.test', returnTo: '//evil.test' }],
])('a tool with a wrong %s is refused when it is defined', async (field, connection, options) => {
  const { app } = await createTools();

  expect(() => app.users.tool(connection, options as ToolOptions, () => 1)).toThrow(expect.objectContaining({ field }));
});
