import { expect, test } from 'vitest';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import { post, refresh, signIn } from '../oauth-client.ts';

const clients = [
  { clientId: 'test-client', clientSecret: 'test-client-secret' },
  { clientId: 'other', clientSecret: 'other-secret' },
] as const;
const other = { client_id: 'other', client_secret: 'other-secret' };

test('a revoked refresh token ends with its access tokens', async () => {
  const issuer = fakeIssuer();
  const tokens = await signIn(issuer);

  const revoked = await post(issuer, '/revoke', { token: tokens.refresh });

  expect(revoked).toEqual({ status: 200, body: {} });
  expect(await refresh(issuer, tokens.refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(issuer.introspect(tokens.access)).toBe('revoked');
});

test('a revoked access token ends alone', async () => {
  const issuer = fakeIssuer();
  const tokens = await signIn(issuer);

  await post(issuer, '/revoke', { token: tokens.access });

  expect(issuer.introspect(tokens.access)).toBe('revoked');
  expect(await refresh(issuer, tokens.refresh)).toMatchObject({ status: 200 });
});

test('another client cannot revoke a token, and learns nothing about it', async () => {
  const issuer = fakeIssuer({ clients });
  const tokens = await signIn(issuer);

  const answers = [
    await post(issuer, '/revoke', { ...other, token: tokens.refresh }),
    await post(issuer, '/revoke', { ...other, token: tokens.access }),
    await post(issuer, '/revoke', { ...other, token: 'unknown' }),
  ];

  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(issuer.introspect(tokens.access)).toMatchObject({ account: 'alice' });
  expect(await refresh(issuer, tokens.refresh)).toMatchObject({ status: 200 });
});

test('a client that is not authenticated and a missing token are errors', async () => {
  const issuer = fakeIssuer();

  const wrongSecret = await post(issuer, '/revoke', { client_secret: 'guessed', token: 'unknown' });
  const missing = await post(issuer, '/revoke', {});

  expect(wrongSecret).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  expect(missing).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
});
