import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import { fakeIssuer, fakeProvider, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, FakeIssuerOptions } from '@bearings/testing';
import type { Result } from 'ts-results';
import { expect, test } from 'vitest';
import { accountId } from '../../src/providers/account-id.ts';
import { providers } from '../../src/providers.ts';
import type { ProviderName } from '../../src/providers.ts';
import { providerClient } from './provider-client.ts';

const create = (name: ProviderName, options: FakeIssuerOptions = {}): FakeIssuer =>
  name === 'oidc' ? fakeIssuer(options) : fakeProvider(name, options);

const code = (result: Result<IssuedToken, TokenError>): string | undefined => {
  const { error } = result.isErr() ? result : {};
  return error?.code === 'HTTP' ? error.oauthError : error?.code;
};
const refreshToken = ({ extras }: IssuedToken): string | undefined => extras?.refreshToken?.expose();
const account = (name: ProviderName, { extras }: IssuedToken): string | undefined => {
  const { account: lookup } = providers[name];
  return lookup === undefined || extras === undefined ? undefined : accountId(lookup, extras);
};

interface Row {
  readonly scopes: readonly string[];
  /** What the answer says, in seconds. */
  readonly expiresIn?: number;
  readonly rotation: 'new' | 'kept' | 'none';
}

const rows: Readonly<Record<ProviderName, Row>> = {
  oidc: { scopes: ['openid', 'orders.read'], expiresIn: 3_600, rotation: 'new' },
  google: { scopes: ['openid', 'https://www.googleapis.com/auth/drive'], expiresIn: 3_600, rotation: 'kept' },
  entra: { scopes: ['User.Read', 'offline_access'], expiresIn: 3_600, rotation: 'new' },
  githubApp: { scopes: [], expiresIn: 28_800, rotation: 'new' },
  githubOAuthApp: { scopes: ['repo', 'gist'], rotation: 'none' },
  slack: { scopes: ['chat:write', 'users:read'], expiresIn: 43_200, rotation: 'new' },
  salesforce: { scopes: ['api', 'refresh_token'], rotation: 'kept' },
  keycloak: { scopes: ['openid', 'offline_access'], expiresIn: 300, rotation: 'new' },
  okta: { scopes: ['openid', 'offline_access'], expiresIn: 3_600, rotation: 'new' },
  auth0: { scopes: ['openid', 'offline_access'], expiresIn: 86_400, rotation: 'new' },
  atlassian: { scopes: ['read:jira-work', 'offline_access'], expiresIn: 3_600, rotation: 'new' },
  notion: { scopes: [], rotation: 'new' },
  dropbox: { scopes: ['files.content.read'], expiresIn: 14_400, rotation: 'kept' },
  linear: { scopes: ['read', 'write'], expiresIn: 86_400, rotation: 'new' },
  hubspot: { scopes: [], expiresIn: 1_800, rotation: 'kept' },
};
const names = Object.keys(rows).map((name) => name as ProviderName);

test.each(names)('%s: a user consents, the token is read, refreshed, and found dead', async (name) => {
  const { scopes, expiresIn, rotation } = rows[name];
  const fake = create(name);
  const client = providerClient(providers[name], fake);

  const first = (await client.consent(scopes)).unwrap();
  const second = rotation === 'none' ? first : (await client.refresh(first)).unwrap();
  fake.withdrawConsent();
  const dead = await client.refresh(rotation === 'kept' ? first : second);

  expect(first.scopes).toEqual(scopes);
  expect([first.extras?.get('expires_in'), second.extras?.get('expires_in')]).toEqual([expiresIn, expiresIn]);
  expect(fake.introspect(second.value)).toBe('revoked');
  expect(refreshToken(first) === undefined).toBe(rotation === 'none');
  expect(refreshToken(second) !== undefined && refreshToken(second) !== refreshToken(first)).toBe(rotation === 'new');
  expect(code(dead)).toBe('invalid_grant');
});

test.each(names)('%s: a used code and a wrong secret are read as the standard errors', async (name) => {
  const fake = create(name);

  const usedCode = await providerClient(providers[name], fake).exchange('code-9');
  const wrongSecret = await providerClient(providers[name], fake, 'guessed').exchange('code-9');

  expect([code(usedCode), code(wrongSecret)]).toEqual(['invalid_grant', 'invalid_client']);
});

test.each([
  ['slack', 'T000000001/alice'],
  ['salesforce', 'https://login.salesforce.test/id/00D000000000001/alice'],
  ['notion', 'bot-of-alice'],
  ['dropbox', 'dbid:alice'],
] as const)('%s: the token response names the account %s', async (name, expected) => {
  const token = (await providerClient(providers[name], create(name)).consent(['a'])).unwrap();

  expect(account(name, token)).toBe(expected);
});

test.each(['githubApp', 'githubOAuthApp', 'atlassian', 'hubspot'] as const)(
  '%s: a request with the token names the account',
  async (name) => {
    const fake = create(name);
    const token = (await providerClient(providers[name], fake).consent(['a'])).unwrap();
    const headers = { authorization: `Bearer ${token.value}` };

    const body = (await (await fake.fetch(fake.endpoints.userinfo, { headers })).json()) as object;

    const { account: lookup } = providers[name];
    expect(lookup && accountId(lookup, new Map(Object.entries(body)))).toBe('alice');
  },
);

test('Google: only the first consent has a refresh token, unless the preset asks for consent', async () => {
  const fake = create('google');
  const without = { ...providers.google, authParams: { access_type: 'offline' } };
  const scopes = ['openid'];

  const first = (await providerClient(without, fake).consent(scopes)).unwrap();
  const second = (await providerClient(without, fake).consent(scopes)).unwrap();
  const third = (await providerClient(providers.google, fake).consent(scopes)).unwrap();

  expect([first, second, third].map((token) => refreshToken(token) !== undefined)).toEqual([true, false, true]);
});

test('Google and Dropbox: without their parameter there is no refresh token', async () => {
  for (const name of ['google', 'dropbox'] as const) {
    const client = providerClient({ ...providers[name], authParams: {} }, create(name));
    const token = (await client.consent(['a'])).unwrap();

    expect(refreshToken(token)).toBeUndefined();
  }
});

test('Entra: an old refresh token stays valid after a new one was issued', async () => {
  const client = providerClient(providers.entra, create('entra'));
  const first = (await client.consent(['User.Read'])).unwrap();
  (await client.refresh(first)).unwrap();

  expect((await client.refresh(first)).isOk()).toBe(true);
});

test('GitHub App: a refresh ends the old access token', async () => {
  const fake = create('githubApp');
  const client = providerClient(providers.githubApp, fake);
  const first = (await client.consent([])).unwrap();

  const second = (await client.refresh(first)).unwrap();

  expect(fake.introspect(first.value)).toBe('revoked');
  expect(fake.introspect(second.value)).toMatchObject({ account: 'alice' });
  expect(first.extras?.get('refresh_token_expires_in')).toBe(15_897_600);
});

test('GitHub: an answer is a form unless the request accepts JSON, which Bearings does', async () => {
  const { endpoints, fetch } = create('githubApp');
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'used' });

  const answer = await fetch(endpoints.token, { method: 'POST', body });

  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    200,
    'application/x-www-form-urlencoded; charset=utf-8',
  ]);
  expect(await answer.text()).toMatch(/^error=/);
});

test('Slack: the token is that of the user, and extras are kept', async () => {
  const fake = create('slack');

  const token = (await providerClient(providers.slack, fake).consent(['chat:write'])).unwrap();

  expect(fake.introspect(token.value)).toMatchObject({ account: 'alice', scopes: ['chat:write'] });
  expect(token.extras?.get('team')).toEqual({ id: 'T000000001', name: 'Example' });
});

test('Salesforce: the answer names the API of the org, and a refresh with scopes is refused', async () => {
  const fake = create('salesforce');
  const client = providerClient(providers.salesforce, fake);
  const token = (await client.consent(['api'])).unwrap();
  const withScope = providerClient({ ...providers.salesforce, tokenParams: { scope: 'api' } }, fake);

  const refused = await withScope.refresh(token);

  expect(token.extras?.get('instance_url')).toBe('https://example.my.salesforce.test');
  expect(code(refused)).toBe('invalid_request');
});

test('Salesforce: a limit that is sent as invalid_grant is not a dead grant', async () => {
  const fake = create('salesforce');
  const client = providerClient(providers.salesforce, fake);
  const token = (await client.consent(['api'])).unwrap();
  fake.inject(faults.unavailable(400, { body: { error: 'invalid_grant', error_description: 'login rate exceeded' } }));

  expect((await client.refresh(token)).unwrapErr()).toMatchObject({
    status: 503,
    oauthError: 'temporarily_unavailable',
    retryable: true,
  });
});

test('Keycloak: the lifetime of the refresh token has a name of its own', async () => {
  const token = (await providerClient(providers.keycloak, create('keycloak')).consent(['openid'])).unwrap();

  expect(token.extras?.get('refresh_expires_in')).toBe(1_800);
});

test('Okta: a refresh token can be used again for 30 s', async () => {
  const clock = virtualClock();
  const client = providerClient(providers.okta, create('okta', { clock }));
  const first = (await client.consent(['openid'])).unwrap();
  (await client.refresh(first)).unwrap();

  await clock.advance(29_999);
  const within = await client.refresh(first);
  await clock.advance(1);
  const after = await client.refresh(first);

  expect([within.isOk(), code(after)]).toEqual([true, 'invalid_grant']);
});

test('Atlassian: the authorization request names the audience', async () => {
  const fake = create('atlassian');
  await providerClient(providers.atlassian, fake).consent(['read:jira-work']);

  const sent = fake.requests.find(({ endpoint }) => endpoint === 'authorization');

  expect(new URL(sent?.url ?? '').searchParams.get('audience')).toBe('api.atlassian.com');
});

test('Notion: token requests are JSON, a form is refused', async () => {
  const fake = create('notion');

  const form = await providerClient({ ...providers.notion, tokenBody: 'form' }, fake).consent([]);
  const json = await providerClient(providers.notion, fake).consent([]);

  expect([code(form), json.isOk()]).toEqual(['invalid_request', true]);
  expect(fake.requests.at(-1)?.header('content-type')).toBe('application/json');
});

test('Linear: scopes are asked for with commas, and answered with spaces', async () => {
  const fake = create('linear');
  const token = (await providerClient(providers.linear, fake).consent(['read', 'write'])).unwrap();

  const sent = fake.requests.find(({ endpoint }) => endpoint === 'authorization');

  expect(new URL(sent?.url ?? '').searchParams.get('scope')).toBe('read,write');
  expect(token.scopes).toEqual(['read', 'write']);
});
