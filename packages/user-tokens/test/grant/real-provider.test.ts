import { isBearingsError } from '@bearings/client';
import type { AccessToken, TokenError } from '@bearings/oauth-bearer';
import type { UserTokens } from '@bearings/user-tokens';
import type { Result } from 'ts-results';
import { expect, test } from 'vitest';
import { startOidcProvider } from '../consent/oidc-provider.ts';
import { connectedApp } from '../consent/real-app.ts';

const tokenFor = (users: UserTokens) => users.for({ user: 'alice', connection: 'mail' });
const grantTypes = (sent: readonly URLSearchParams[]) => sent.map((each) => each.get('grant_type'));

/** Refreshes with the same refresh token as the application, as a thief or a bug does: the provider revokes the grant. */
async function reuse(issuerUrl: string, sent: URLSearchParams): Promise<number> {
  const again = new URLSearchParams(sent);
  const { status } = await fetch(`${issuerUrl}/token`, { method: 'POST', body: again, headers: basic });
  return status;
}
const basic = { authorization: `Basic ${btoa('app:a+client+secret')}` };

test('1,000 callers whose token was rejected make one request to a provider with strict rotation', async () => {
  const { users, provider } = await connectedApp();
  const token = tokenFor(users);
  const first = (await token.get()).unwrap();

  const results = await Promise.all(Array.from({ length: 1_000 }, () => token.invalidate(first)));

  expect(new Set(results.map((each) => each.unwrap().authorization())).size).toBe(1);
  expect(grantTypes(provider.tokenRequests)).toEqual(['authorization_code', 'refresh_token']);
});

test('200 rejections of one token, one after another, make one request to a real provider', async () => {
  const { users, provider } = await connectedApp();
  const token = tokenFor(users);
  const first = (await token.get()).unwrap();

  const results: Result<AccessToken, TokenError>[] = [];
  for (let count = 0; count < 200; count += 1) results.push(await token.invalidate(first));

  expect(results.every((each) => each.isOk() && !each.value.isSameAs(first))).toBe(true);
  expect(grantTypes(provider.tokenRequests)).toEqual(['authorization_code', 'refresh_token']);
});

test('a refresh token that a real provider refuses ends the grant, and is never sent again', async () => {
  const { users, provider, store } = await connectedApp();
  const token = tokenFor(users);
  const second = (await token.invalidate((await token.get()).unwrap())).unwrap();
  const [, refresh = new URLSearchParams()] = provider.tokenRequests;
  expect(await reuse(provider.issuerUrl, refresh)).toBe(400); // the provider revokes the whole grant

  const refused = await token.invalidate(second);
  const later = await token.get();

  expect(
    [refused, later].map((each) => each.isErr() && isBearingsError(each.error, 'REAUTHORIZATION_REQUIRED')),
  ).toEqual([true, true]);
  expect(await store.list({ limit: 10 })).toMatchObject([
    { status: 'needs_reauthorization', reason: 'refresh_refused' },
  ]);
  expect(provider.tokenRequests).toHaveLength(3);
});

test('a lost answer of a refresh at a provider with strict rotation: two requests, and the reason says so', async () => {
  const real = await startOidcProvider();
  const losing: typeof globalThis.fetch = async (input, init) => {
    const response = await real.fetch(input, init);
    if (real.tokenRequests.length < 2 || new URL(response.url).pathname !== '/token') return response;
    const isLost = real.tokenRequests.length === 2;
    if (!isLost) return response;
    await response.text();
    throw new TypeError('fetch failed');
  };
  const { users, store, provider } = await connectedApp({ ...real, fetch: losing });
  const token = tokenFor(users);

  const refused = await token.invalidate((await token.get()).unwrap());

  expect(refused.isErr() && isBearingsError(refused.error, 'REAUTHORIZATION_REQUIRED')).toBe(true);
  expect(grantTypes(provider.tokenRequests)).toEqual(['authorization_code', 'refresh_token', 'refresh_token']);
  expect(await store.list({ limit: 10 })).toMatchObject([
    { status: 'needs_reauthorization', reason: 'refresh_interrupted' },
  ]);
});

test('a revoked grant is revoked at a real provider too: its refresh token is refused there', async () => {
  const { users, provider, store } = await connectedApp();
  const token = tokenFor(users);
  const first = (await token.get()).unwrap();
  const current = (await token.invalidate(first)).unwrap();
  const [grant] = await store.list({ limit: 10 });

  const revoked = await users.revoke(grant?.id ?? '');

  expect(revoked.isOk()).toBe(true);
  expect((await token.get()).isErr()).toBe(true);
  const profile = await fetch(`${provider.issuerUrl}/me`, {
    headers: { authorization: current.authorization() },
  });
  expect(profile.status).toBe(401);
});
