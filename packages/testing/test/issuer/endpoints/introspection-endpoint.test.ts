import { expect, test } from 'vitest';
import { virtualClock } from '../../../src/clock/virtual-clock.ts';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import { post, signIn } from '../oauth-client.ts';

test('a valid access token and refresh token are active, with their facts', async () => {
  const clock = virtualClock({ startAt: 1_000_000_000_000 });
  const issuer = fakeIssuer({ clock, refreshTokenLifetimeMs: 86_400_000 });
  const tokens = await signIn(issuer, { resource: 'https://api.test' });

  const access = await post(issuer, '/introspect', { token: tokens.access });
  const refresh = await post(issuer, '/introspect', { token: tokens.refresh });

  const facts = { active: true, iss: issuer.issuerUrl, sub: 'alice', client_id: 'test-client' };
  expect(access.body).toEqual({
    ...facts,
    token_type: 'Bearer',
    scope: 'openid orders.read',
    aud: ['https://api.test'],
    exp: 1_000_003_600,
  });
  expect(refresh.body).toEqual({ ...facts, scope: 'openid orders.read', exp: 1_000_086_400 });
});

test('the token of a client has the client as its subject', async () => {
  const issuer = fakeIssuer();
  const { body } = await post(issuer, '/token', { grant_type: 'client_credentials' });

  const { body: facts } = await post(issuer, '/introspect', { token: String(body['access_token']) });

  expect(facts).toMatchObject({ active: true, sub: 'test-client' });
});

test('an unknown, expired or revoked token is not active, without a reason', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 60_000 });
  const expired = await signIn(issuer);
  await clock.advance(60_000);
  const revoked = await signIn(issuer);
  issuer.withdrawConsent();

  const tokens = ['unknown', expired.access, revoked.access, revoked.refresh];
  const answers = [];
  for (const token of tokens) answers.push((await post(issuer, '/introspect', { token })).body);

  expect(answers).toEqual(tokens.map(() => ({ active: false })));
});

test('a client that is not authenticated and a missing token are errors', async () => {
  const issuer = fakeIssuer();

  const wrongSecret = await post(issuer, '/introspect', { client_secret: 'guessed', token: 'unknown' });
  const missing = await post(issuer, '/introspect', {});

  expect([wrongSecret.status, missing.status]).toEqual([401, 400]);
});
