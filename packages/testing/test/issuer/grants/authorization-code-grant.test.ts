import { createRemoteJWKSet, customFetch, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { virtualClock } from '../../../src/clock/virtual-clock.ts';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import { authorize, exchange, refresh, readTokens } from '../oauth-client.ts';

test('a code is exchanged for tokens of the user', async () => {
  const issuer = fakeIssuer();
  const { code } = await authorize(issuer, { resource: 'https://api.test' });

  const { status, body } = await exchange(issuer, code);

  expect([status, body]).toMatchObject([200, { token_type: 'Bearer', expires_in: 3_600, scope: 'openid orders.read' }]);
  expect(issuer.introspect(String(body['access_token']))).toMatchObject({
    clientId: 'test-client',
    account: 'alice',
    audience: ['https://api.test'],
  });
});

test('the ID token is signed, and has the nonce and the account', async () => {
  const issuer = fakeIssuer({ accounts: { alice: { email: 'alice@example.com', email_verified: true } } });
  const { body } = await exchange(issuer, (await authorize(issuer))['code']);
  const keys = createRemoteJWKSet(new URL('/jwks', issuer.origin), { [customFetch]: issuer.fetch });

  const { payload } = await jwtVerify(String(body['id_token']), keys, {
    issuer: issuer.issuerUrl,
    audience: 'test-client',
  });

  expect(payload).toMatchObject({ sub: 'alice', nonce: 'nonce-1', email: 'alice@example.com', email_verified: true });
});

test('without the scope openid there is no ID token', async () => {
  const issuer = fakeIssuer();

  const { body } = await exchange(issuer, (await authorize(issuer, { scope: 'orders.read' }))['code']);

  expect(body).not.toHaveProperty('id_token');
});

test.each([
  ['an unknown code', { code: 'code-9' }],
  ['a missing code', { code: undefined }],
  ['another redirect URI', { redirect_uri: 'https://app.test/other' }],
  ['a missing redirect URI', { redirect_uri: undefined }],
  ['a wrong verifier', { code_verifier: 'guessed' }],
  ['a missing verifier', { code_verifier: undefined }],
  ['another client', { client_id: 'other-client', client_secret: 'other-secret' }],
])('%s is refused, and the code stays valid', async (_what, changes) => {
  const issuer = fakeIssuer({
    clients: [
      { clientId: 'test-client', clientSecret: 'test-client-secret' },
      { clientId: 'other-client', clientSecret: 'other-secret' },
    ],
  });
  const { code } = await authorize(issuer);

  const refused = await exchange(issuer, code, changes);
  const granted = await exchange(issuer, code);

  expect(refused).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(granted.status).toBe(200);
});

test('a code expires after a minute', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock });
  const { code } = await authorize(issuer);

  await clock.advance(60_000);

  expect(await exchange(issuer, code)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test('a code that is used twice ends the tokens of its first use', async () => {
  const issuer = fakeIssuer();
  const { code } = await authorize(issuer);
  const first = readTokens(await exchange(issuer, code));

  const second = await exchange(issuer, code);

  expect(second).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(issuer.introspect(first.access)).toBe('revoked');
  expect(await refresh(issuer, first.refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
});

test.each([
  ['always', {}, true],
  ['never', {}, false],
  [{ scope: 'offline_access' }, {}, false],
  [{ scope: 'offline_access' }, { scope: 'openid offline_access' }, true],
  [{ param: 'access_type', value: 'offline' }, {}, false],
  [{ param: 'access_type', value: 'offline' }, { access_type: 'offline' }, true],
] as const)('with offline %j, the request %j gets a refresh token: %s', async (offline, params, isGranted) => {
  const issuer = fakeIssuer({ offline });

  const { body } = await exchange(issuer, (await authorize(issuer, params))['code']);

  expect('refresh_token' in body).toBe(isGranted);
});
