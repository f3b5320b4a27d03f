import { expect, test } from 'vitest';
import { virtualClock } from '../../../src/clock/virtual-clock.ts';
import { faults } from '../../../src/faults/faults.ts';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import { readTokens, refresh, signIn } from '../oauth-client.ts';

const refused = { status: 400, body: { error: 'invalid_grant' } };

test('strict: a refresh token is replaced, and its reuse ends the family with its access tokens', async () => {
  const issuer = fakeIssuer();
  const first = await signIn(issuer);
  const second = readTokens(await refresh(issuer, first.refresh));
  const accessBefore = [issuer.introspect(first.access), issuer.introspect(second.access)];

  const reused = await refresh(issuer, first.refresh);

  expect(second.refresh).not.toBe(first.refresh);
  expect(accessBefore).toMatchObject([{ account: 'alice' }, { account: 'alice' }]);
  expect(reused).toMatchObject(refused);
  expect(await refresh(issuer, second.refresh)).toMatchObject(refused);
  expect([issuer.introspect(first.access), issuer.introspect(second.access)]).toEqual(['revoked', 'revoked']);
  expect(issuer.counts).toMatchObject({ granted: 2, refused: 2, refreshes: 1, reuses: 1 });
});

test('strict: of ten concurrent refreshes one is granted, and its tokens end too', async () => {
  const issuer = fakeIssuer();
  const { refresh: token } = await signIn(issuer);

  const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(issuer, token)));
  const winner = answers.find(({ status }) => status === 200);

  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(issuer.introspect(String(winner?.body['access_token']))).toBe('revoked');
});

test('race: of ten concurrent refreshes each is granted another token, later reuse is refused', async () => {
  const issuer = fakeIssuer({ rotation: 'race' });
  const { refresh: token } = await signIn(issuer);

  const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(issuer, token)));
  const replacements = new Set(answers.map(({ body }) => body['refresh_token']));

  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  expect(replacements.size).toBe(10);
  expect(await refresh(issuer, token)).toMatchObject(refused);
});

test('race: a delay makes the time longer in which a refresh token can be used again', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ rotation: 'race', clock });
  const { refresh: token } = await signIn(issuer);
  issuer.inject(faults.delay(50), { times: 1 });

  const slow = refresh(issuer, token);
  await clock.advance(49);
  const during = await refresh(issuer, token);
  await clock.advance(1);

  expect([during.status, (await slow).status]).toEqual([200, 200]);
});

test('graceMs: a refresh token can be used again for a while after its first use', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, rotation: { graceMs: 30_000 } });
  const first = await signIn(issuer);
  await refresh(issuer, first.refresh);

  await clock.advance(29_999);
  const within = await refresh(issuer, first.refresh);
  await clock.advance(1);
  const after = await refresh(issuer, first.refresh);

  expect(within.status).toBe(200);
  expect(after).toMatchObject(refused);
  expect(issuer.introspect(readTokens(within).access)).toBe('revoked');
});

test('none: a refresh token stays valid, and the response has no other', async () => {
  const issuer = fakeIssuer({ rotation: 'none' });
  const { refresh: token } = await signIn(issuer);

  const answers = [await refresh(issuer, token), await refresh(issuer, token)];

  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(answers[0]?.body).not.toHaveProperty('refresh_token');
});

test('a refresh ends earlier access tokens if the issuer is set so', async () => {
  const issuer = fakeIssuer({ oldAccessTokenDiesOnRefresh: true });
  const alice = await signIn(issuer);
  const bob = await signIn(issuer, { login_hint: 'bob' });

  const young = readTokens(await refresh(issuer, alice.refresh));

  expect(issuer.introspect(alice.access)).toBe('revoked');
  expect([issuer.introspect(young.access), issuer.introspect(bob.access)]).toMatchObject([
    { account: 'alice' },
    { account: 'bob' },
  ]);
});

test('a refresh may ask for fewer scopes, and gets all of them again later', async () => {
  const issuer = fakeIssuer({ rotation: 'none' });
  const { refresh: token } = await signIn(issuer);

  const fewer = await refresh(issuer, token, { scope: 'orders.read' });
  const all = await refresh(issuer, token);
  const more = await refresh(issuer, token, { scope: 'orders.read admin' });

  expect([fewer.body['scope'], all.body['scope']]).toEqual(['orders.read', 'openid orders.read']);
  expect(more).toMatchObject({ status: 400, body: { error: 'invalid_scope' } });
});

test.each([
  ['an unknown token', { refresh_token: 'refresh-token-9' }, 'invalid_grant'],
  ['no token', { refresh_token: undefined }, 'invalid_request'],
  ['another client', { client_id: 'other', client_secret: 'other-secret' }, 'invalid_grant'],
])('%s is refused, and the refresh token stays valid', async (_what, changes, error) => {
  const issuer = fakeIssuer({
    clients: [
      { clientId: 'test-client', clientSecret: 'test-client-secret' },
      { clientId: 'other', clientSecret: 'other-secret' },
    ],
  });
  const { refresh: token } = await signIn(issuer);

  expect(await refresh(issuer, token, changes)).toMatchObject({ status: 400, body: { error } });
  expect(await refresh(issuer, token)).toMatchObject({ status: 200 });
});

test('a refresh token has a lifetime if the issuer is set so', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, rotation: 'none', refreshTokenLifetimeMs: 86_400_000 });
  const { refresh: token } = await signIn(issuer);

  await clock.advance(86_399_999);
  const before = await refresh(issuer, token);
  await clock.advance(1);

  expect(before.status).toBe(200);
  expect(await refresh(issuer, token)).toMatchObject(refused);
});

test('withdrawConsent ends the tokens of one account, or of all', async () => {
  const issuer = fakeIssuer({ rotation: 'none' });
  const alice = await signIn(issuer);
  const bob = await signIn(issuer, { login_hint: 'bob' });

  issuer.withdrawConsent('alice');
  const afterOne = [await refresh(issuer, alice.refresh), await refresh(issuer, bob.refresh)];
  issuer.withdrawConsent();

  expect(afterOne).toMatchObject([refused, { status: 200 }]);
  expect(issuer.introspect(alice.access)).toBe('revoked');
  expect(await refresh(issuer, bob.refresh)).toMatchObject(refused);
});

test('an unreachable issuer and a 503 leave the refresh token unused, a lost answer uses it', async () => {
  const issuer = fakeIssuer();
  const { refresh: token } = await signIn(issuer);

  issuer.inject(faults.unreachable(), { times: 1 });
  await expect(refresh(issuer, token)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  issuer.inject(faults.unavailable(), { times: 1 });
  await expect(refresh(issuer, token)).resolves.toMatchObject({ status: 503 });
  issuer.inject(faults.lostAnswer(), { times: 1 });
  await expect(refresh(issuer, token)).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });

  expect(await refresh(issuer, token)).toMatchObject(refused);
});
