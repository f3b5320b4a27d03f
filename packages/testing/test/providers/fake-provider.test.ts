import { expect, test } from 'vitest';
import { fakeProvider } from '../../src/index.ts';
import type { FakeIssuer, FakeProviderName } from '../../src/index.ts';

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
