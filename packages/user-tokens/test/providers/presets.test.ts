import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, faults } from '@bearings/testing';
import type { LoggedRequest } from '@bearings/testing';
import { expect, test } from 'vitest';
import type { ProviderName } from '../../src/providers.ts';
import { whileTimePasses } from '../while-time-passes.ts';
import { providerApp } from './provider-app.ts';
import type { ProviderApp } from './provider-app.ts';

interface Row {
  readonly scopes: readonly string[];
  /** What the grant has besides the requested scopes. */
  readonly granted?: readonly string[];
  readonly account: string;
}

const rows: Readonly<Record<ProviderName, Row>> = {
  oidc: { scopes: ['openid', 'orders.read'], account: 'alice' },
  google: { scopes: ['openid', 'https://www.googleapis.com/auth/drive'], account: 'alice' },
  entra: { scopes: ['openid', 'User.Read'], granted: ['offline_access'], account: 'alice' },
  githubApp: { scopes: [], account: 'alice' },
  githubOAuthApp: { scopes: ['repo', 'gist'], account: 'alice' },
  slack: { scopes: ['chat:write', 'users:read'], account: 'T000000001/alice' },
  salesforce: {
    scopes: ['api'],
    granted: ['refresh_token'],
    account: 'https://login.salesforce.test/id/00D000000000001/alice',
  },
  keycloak: { scopes: ['openid', 'orders.read'], granted: ['offline_access'], account: 'alice' },
  okta: { scopes: ['openid', 'orders.read'], granted: ['offline_access'], account: 'alice' },
  auth0: { scopes: ['openid', 'orders.read'], granted: ['offline_access'], account: 'alice' },
  atlassian: { scopes: ['read:me', 'read:jira-work'], granted: ['offline_access'], account: 'alice' },
  notion: { scopes: [], account: 'bot-of-alice' },
  dropbox: { scopes: ['files.content.read'], account: 'dbid:alice' },
  linear: { scopes: ['read', 'write'], account: '' },
  hubspot: { scopes: ['oauth'], account: 'alice' },
};
const names = Object.keys(rows).map((name) => name as ProviderName);

const create = (name: ProviderName): Promise<ProviderApp> => providerApp(name, { scopes: rows[name].scopes });

/** What the token handle answers: the facts of the token at the provider, or the code of the error. */
async function read({ token, fake }: ProviderApp): Promise<unknown> {
  const answer = await token.get();
  return answer.isOk() ? fake.introspect(answer.value.secret.expose()) : answer.error.code;
}

const sentRefreshes = ({ fake }: ProviderApp): readonly LoggedRequest[] =>
  fake.requests.filter((request) => request.endpoint === 'token' && request.text().includes('refresh_token'));

const sentScopes = ({ fake }: ProviderApp): URLSearchParams => {
  const { url = '' } = fake.requests.find(({ endpoint }) => endpoint === 'authorization') ?? {};
  return new URL(url).searchParams;
};

test.each(names)('%s: a user consents, and the grant has the account and the scopes', async (name) => {
  const { scopes, granted = [], account } = rows[name];
  const app = await create(name);
  await app.connect();

  const [grant] = (await app.users.list()).unwrap();

  expect(grant).toMatchObject({ account, status: 'active' });
  expect(grant?.scopes.toSorted()).toEqual([...scopes, ...granted].toSorted());
  expect(await read(app)).toMatchObject({ account: 'alice', scopes: expect.arrayContaining([...scopes]) });
});

test.each(names.filter((name) => name !== 'githubOAuthApp'))(
  '%s: a rejected token is refreshed, and a withdrawn consent is asked for again',
  async (name) => {
    const app = await create(name);
    await app.connect();
    const first = (await app.token.get()).unwrap();

    app.fake.revoke();
    const second = (await app.token.invalidate(first)).unwrap();
    const afterRefresh = app.fake.introspect(second.secret.expose());
    app.fake.withdrawConsent();
    const dead = await app.token.invalidate(second);

    expect(afterRefresh).toMatchObject({ account: 'alice' });
    expect(dead.unwrapErr()).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'refresh_refused' });
    expect(sentRefreshes(app).flatMap((request) => request.params('scope'))).toEqual([]);
    await app.connect();
    expect(await read(app)).toMatchObject({ account: 'alice' });
  },
);

test.each<[ProviderName, number, object]>([
  ['slack', 200, { ok: false, error: 'internal_error' }],
  ['slack', 200, { ok: false, error: 'ratelimited' }],
  ['salesforce', 400, { error: 'invalid_grant', error_description: 'login rate exceeded' }],
  ['githubApp', 200, { error: 'incorrect_client_credentials' }],
  ['hubspot', 400, { status: 'BAD_CLIENT_SECRET', message: 'missing or unknown client secret' }],
  ['atlassian', 403, { error: 'unauthorized_client', error_description: 'Unauthorized' }],
])('%s: the answer %i %j does not end the grant', async (name, status, body) => {
  const app = await create(name);
  await app.connect();
  const first = (await app.token.get()).unwrap();
  app.fake.revoke();
  app.fake.inject(faults.unavailable(status, { body }));
  const failed = await app.token.invalidate(first);

  app.fake.clearFaults();
  await app.clock.advance(600_000);
  const second = (await whileTimePasses(app.token.invalidate(first), app.clock)).unwrap();

  expect(failed.isErr() && failed.error.code).not.toBe('REAUTHORIZATION_REQUIRED');
  expect((await app.users.list()).unwrap()).toMatchObject([{ status: 'active' }]);
  expect(app.fake.introspect(second.secret.expose())).toMatchObject({ account: 'alice' });
});

test.each<[ProviderName, Readonly<Record<string, string>>]>([
  ['google', { prompt: 'consent' }],
  ['dropbox', {}],
])('%s: without its parameter there is no refresh token', async (name, authParams) => {
  const app = await providerApp(name, { scopes: rows[name].scopes, connection: { authParams } });
  await app.connect();
  const first = (await app.token.get()).unwrap();

  const rejected = await app.token.invalidate(first);

  expect(rejected.unwrapErr()).toMatchObject({ code: 'REAUTHORIZATION_REQUIRED', reason: 'no_refresh_token' });
});

test('Google: without prompt=consent, only the first consent has a refresh token', async () => {
  const connection = { authParams: { access_type: 'offline' } };
  const app = await providerApp('google', { scopes: ['openid'], connection });
  await app.connect();
  app.fake.withdrawConsent();
  await app.token.invalidate((await app.token.get()).unwrap());
  await app.connect();

  const rejected = await app.token.invalidate((await app.token.get()).unwrap());

  expect(rejected.unwrapErr()).toMatchObject({ reason: 'no_refresh_token' });
});

test('GitHub App: 50 calls in flight while a refresh ends their token all succeed, with one refresh', async () => {
  const app = await create('githubApp');
  await app.connect();
  const first = (await app.token.get()).unwrap();
  const api = fakeApi(app.fake, undefined, { clock: app.clock });
  const [allSent, arrive] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let sent = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    sent += 1;
    if (sent === 50) allSent.resolve();
    await arrive.promise;
    return api.fetch(input, init);
  };
  const client = createClient({ baseUrl: api.origin, fetch }, withBearerAuth(app.token, { origins: [api.origin] }));

  const calls = Array.from({ length: 50 }, async () => client.get('v1/repositories').json());
  await allSent.promise;
  const second = (await app.token.invalidate(first)).unwrap();
  arrive.resolve();

  expect(app.fake.introspect(first.secret.expose())).toBe('revoked');
  expect(app.fake.introspect(second.secret.expose())).toMatchObject({ account: 'alice' });
  expect(await Promise.all(calls)).toHaveLength(50);
  expect([api.counts.unauthorized, sentRefreshes(app).length]).toEqual([50, 1]);
});

test.each(['githubOAuthApp'] as const)('%s: the token does not expire', async (name) => {
  const app = await create(name);
  await app.connect();
  const first = (await app.token.get()).unwrap();

  await app.clock.advance(300 * 86_400_000);

  expect((await app.token.get()).unwrap().secret.expose()).toBe(first.secret.expose());
});

test.each<[ProviderName, Readonly<Record<string, string>>]>([
  ['slack', { user_scope: 'chat:write,users:read' }],
  ['linear', { scope: 'read,write' }],
  ['githubOAuthApp', { scope: 'repo gist' }],
  ['atlassian', { scope: 'read:me read:jira-work offline_access', audience: 'api.atlassian.com', prompt: 'consent' }],
  ['notion', { owner: 'user' }],
  ['dropbox', { scope: 'files.content.read', token_access_type: 'offline' }],
])('%s: the authorization request has %j', async (name, expected) => {
  const app = await create(name);
  await app.connect();

  expect(Object.fromEntries(sentScopes(app))).toMatchObject(expected);
});

test('Notion: token requests are JSON', async () => {
  const app = await create('notion');
  await app.connect();

  const sent = app.fake.requests.find(({ endpoint }) => endpoint === 'token');

  expect(sent?.header('content-type')).toBe('application/json');
  expect(JSON.parse(sent?.text() ?? '')).toMatchObject({ grant_type: 'authorization_code' });
});
