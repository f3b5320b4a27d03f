import { expect, test } from 'vitest';
import { fakeProvider, virtualClock } from '../../src/index.ts';
import type { FakeIssuer, FakeProviderName } from '../../src/index.ts';
import { authorize, exchange, post, refresh, signIn } from '../issuer/oauth-client.ts';

/** Sends a refresh token that is not known, in the form that the provider takes. */
async function refreshDead(issuer: FakeIssuer, name: FakeProviderName): Promise<Response> {
  const { clientId, clientSecret } = issuer.credentials;
  const params = { grant_type: 'refresh_token', refresh_token: 'dead' };
  const isBasic = name === 'slack' || name === 'notion';
  const secret = isBasic ? {} : { client_id: clientId, client_secret: clientSecret };
  const isJson = name === 'notion';
  return issuer.fetch(issuer.endpoints.token, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      ...(isBasic && { authorization: `Basic ${btoa(`${clientId}:${clientSecret}`)}` }),
      ...(isJson && { 'content-type': 'application/json' }),
    },
    body: isJson ? JSON.stringify(params) : new URLSearchParams({ ...params, ...secret }),
  });
}

/** What the providers answer, as recorded. */
const recorded: readonly (readonly [FakeProviderName, number, object])[] = [
  ['google', 400, { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' }],
  ['entra', 400, { error: 'invalid_grant' }],
  [
    'githubApp',
    200,
    { error: 'bad_refresh_token', error_description: 'The refresh token passed is incorrect or expired.' },
  ],
  ['slack', 200, { ok: false, error: 'invalid_refresh_token' }],
  ['salesforce', 400, { error: 'invalid_grant', error_description: 'expired access/refresh token' }],
  ['keycloak', 400, { error: 'invalid_grant', error_description: 'Token is not active' }],
  ['okta', 400, { error: 'invalid_grant', error_description: 'The refresh token is invalid or expired.' }],
  ['auth0', 403, { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' }],
  ['atlassian', 403, { error: 'unauthorized_client', error_description: 'refresh_token is invalid' }],
  [
    'notion',
    400,
    { object: 'error', status: 400, code: 'invalid_grant', message: 'Invalid code: this code has been revoked.' },
  ],
  ['dropbox', 400, { error: 'invalid_grant', error_description: 'refresh token is invalid or revoked' }],
  ['linear', 400, { error: 'invalid_grant' }],
  ['hubspot', 400, { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' }],
];

test.each(recorded)('%s answers a dead refresh token with status %i, as recorded', async (name, status, body) => {
  const answer = await refreshDead(fakeProvider(name), name);

  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject(body);
});

test('an unknown provider is refused', () => {
  const name: string = 'gogle';

  expect(() => fakeProvider(name as FakeProviderName)).toThrow(
    expect.objectContaining({ code: 'CONFIG', field: 'name' }),
  );
});

test('a misspelt quirk is refused', () => {
  const quirks: object = { errorstatus: 200 };

  expect(() => fakeProvider('slack', { quirks })).toThrow(
    expect.objectContaining({ code: 'CONFIG', field: 'quirks.errorstatus' }),
  );
});

test('options are added to those of the provider', async () => {
  const issuer = fakeProvider('slack', { quirks: { errorStatus: 400 } });
  const answer = await refreshDead(issuer, 'slack');

  expect([answer.status, await answer.json()]).toMatchObject([400, { ok: false, error: 'invalid_refresh_token' }]);
});

const refused = { status: 400, body: { error: 'invalid_grant' } };

test('Entra: an old refresh token stays valid after a new one was issued', async () => {
  const issuer = fakeProvider('entra');
  const tokens = await signIn(issuer, { scope: 'openid offline_access' });

  const answers = [await refresh(issuer, tokens.refresh), await refresh(issuer, tokens.refresh)];

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

test('Okta: a refresh token can be used again for 30 s', async () => {
  const clock = virtualClock();
  const issuer = fakeProvider('okta', { clock });
  const tokens = await signIn(issuer, { scope: 'openid offline_access' });
  await refresh(issuer, tokens.refresh);

  await clock.advance(29_999);
  const within = await refresh(issuer, tokens.refresh);
  await clock.advance(1);

  expect(within.status).toBe(200);
  expect(await refresh(issuer, tokens.refresh)).toMatchObject(refused);
});

test('Google: only the first consent and one with prompt=consent give a refresh token, and a refresh gives none', async () => {
  const issuer = fakeProvider('google');
  const bodies = [];
  for (const params of [{}, {}, { prompt: 'consent' }]) {
    const { code } = await authorize(issuer, { access_type: 'offline', ...params });
    bodies.push((await exchange(issuer, code)).body);
  }
  const refreshed = await refresh(issuer, String(bodies[0]?.['refresh_token']));

  expect(bodies.map((body) => 'refresh_token' in body)).toEqual([true, false, true]);
  expect([refreshed.status, 'refresh_token' in refreshed.body]).toEqual([200, false]);
});

test('GitHub: an answer is a form unless the request accepts JSON, and a refresh ends the old access token', async () => {
  const issuer = fakeProvider('githubApp');
  const body = new URLSearchParams({ grant_type: 'authorization_code', code: 'used' });
  const form = await issuer.fetch(issuer.endpoints.token, { method: 'POST', body });
  const tokens = await signIn(issuer);

  await refresh(issuer, tokens.refresh);

  expect([form.status, form.headers.get('content-type')]).toEqual([
    200,
    'application/x-www-form-urlencoded; charset=utf-8',
  ]);
  expect(new URLSearchParams(await form.text()).get('error')).toBe('incorrect_client_credentials');
  expect(issuer.introspect(tokens.access)).toBe('revoked');
});

test('Slack: the token of the user is beside one of a bot', async () => {
  const issuer = fakeProvider('slack', { quirks: { clientAuth: 'post' } });
  const { code } = await authorize(issuer, { user_scope: 'chat:write,users:read' });

  const { body } = await exchange(issuer, code);

  expect(body).toMatchObject({
    ok: true,
    access_token: 'token-of-the-bot',
    token_type: 'bot',
    authed_user: { id: 'alice', access_token: 'opaque-token-1', token_type: 'user', scope: 'chat:write,users:read' },
  });
});

test('Salesforce: the answer names the API of the org, without a lifetime, and a refresh with scopes is refused', async () => {
  const issuer = fakeProvider('salesforce');
  const { code } = await authorize(issuer, { scope: 'api refresh_token' });
  const { body } = await exchange(issuer, code);

  const narrowed = await refresh(issuer, String(body['refresh_token']), { scope: 'api' });

  expect(body).toMatchObject({ instance_url: 'https://example.my.salesforce.test' });
  expect(body).not.toHaveProperty('expires_in');
  expect(narrowed).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});

test('Keycloak: the lifetime of the refresh token has a name of its own', async () => {
  const issuer = fakeProvider('keycloak');

  const { body } = await exchange(issuer, (await authorize(issuer))['code']);

  expect(body).toMatchObject({ expires_in: 300, refresh_expires_in: 1_800 });
});

test('Notion: a form is refused', async () => {
  const issuer = fakeProvider('notion');

  expect(await post(issuer, '/token', { grant_type: 'refresh_token' })).toMatchObject({
    status: 400,
    body: { object: 'error', code: 'invalid_request' },
  });
});
