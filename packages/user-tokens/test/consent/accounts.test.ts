import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { consentUpToCallback, mailIssuer, startFlow, testApp } from './test-app.ts';
import type { TestApp } from './test-app.ts';

/** Alice consents with an account and some scopes at the provider. */
async function consent(app: TestApp, request: Parameters<typeof startFlow>[1] = {}): Promise<number> {
  const page = await app.signIn('alice').open((await startFlow(app, request)).url);
  return page.status;
}

test('two flows in two tabs of one browser complete in either order, each with its own state and verifier', async () => {
  for (const order of [
    [0, 1],
    [1, 0],
  ]) {
    const app = await testApp();
    const browser = app.signIn('alice');
    const flows = [await startFlow(app, { returnTo: '/a' }), await startFlow(app, { returnTo: '/b' })];
    const callbacks: string[] = [];
    for (const { url } of flows) callbacks.push(await consentUpToCallback(browser, url));

    for (const tab of order) expect((await browser.open(callbacks[tab] ?? '')).text).toBe('the application');

    expect(flows[0]?.id).not.toBe(flows[1]?.id);
    expect(app.issuer.counts.granted).toBe(2);
    expect(await app.grants()).toHaveLength(1);
  }
});

test('one link in two tabs completes once', async () => {
  const app = await testApp();
  const browser = app.signIn('alice');
  const { url } = await startFlow(app);
  const first = await consentUpToCallback(browser, url);
  const second = await consentUpToCallback(browser, url);

  expect((await browser.open(first)).text).toBe('the application');
  expect((await browser.open(second)).status).toBe(409);
  expect(app.issuer.counts.token).toBe(1);
});

test('a flow that has expired cannot be opened or completed', async () => {
  const app = await testApp();
  const { url, expiresAt } = await startFlow(app);
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, url);
  expect(expiresAt).toBe(app.clock.now() + 600_000);

  await app.clock.advance(600_000);

  expect((await browser.open(url)).status).toBe(410);
  expect((await browser.open(callback)).status).toBe(410);
  expect(app.issuer.counts.token).toBe(0);
});

test('another account than the expected one is refused, and nothing is stored', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { account: 'a2' } }) });
  const flow = await startFlow(app, { account: 'a1' });

  const page = await app.signIn('alice').open(flow.url);

  expect([page.status, page.text.includes('This is another account')]).toEqual([409, true]);
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason: 'other_account' });
  expect(await app.grants()).toEqual([]);
});

test('new consent for a grant must be for its account', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { account: 'a1' } }) });
  await consent(app);
  app.issuer.consent = { account: 'a2' };

  expect(await consent(app, { scopes: ['openid', 'mail.send'] })).toBe(409);
  expect(await app.grants()).toMatchObject([{ account: 'a1', version: 1 }]);
});

test('an empty account connects one more account', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { account: 'a1' } }) });
  await consent(app);
  app.issuer.consent = { account: 'a2' };

  const flow = await startFlow(app, { account: '' });
  await app.signIn('alice').open(flow.url);

  expect(flow.reason).toBe('other_account');
  expect((await app.grants()).map(({ account }) => account).toSorted()).toEqual(['a1', 'a2']);
  expect(await app.authorize({ user: 'alice', connection: 'mail', account: 'a2' })).toEqual({ status: 'authorized' });
});

test('after a revocation any account may be connected', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { account: 'a1' } }) });
  await consent(app);
  const [first] = await app.grants();
  await app.store.revoke(first?.id ?? '');
  app.issuer.consent = { account: 'a2' };

  const flow = await startFlow(app);
  await app.signIn('alice').open(flow.url);

  expect(flow.reason).toBe('revoked');
  expect(await app.authorize({ user: 'alice', connection: 'mail' })).toEqual({ status: 'authorized' });
});

test('fewer scopes than asked for are stored as they are, and the next request asks for all of them', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { scopes: ['openid', 'mail.read'] } }) });
  const scopes = ['openid', 'mail.read', 'mail.send'];
  await consent(app, { scopes });

  expect((await app.grants())[0]).toMatchObject({ status: 'active', scopes: ['openid', 'mail.read'] });
  expect(await app.authorize({ user: 'alice', connection: 'mail' })).toEqual({ status: 'authorized' });
  const again = await startFlow(app, { scopes: ['mail.send'] });
  expect(again).toMatchObject({ reason: 'insufficient_scope', scopes: ['mail.send', 'openid', 'mail.read'] });
});

test('scopes that are granted later are added to the same grant', async () => {
  const app = await testApp();
  await consent(app, { scopes: ['openid', 'mail.read'] });
  await consent(app, { scopes: ['openid', 'mail.send'] });

  const [grant, ...others] = await app.grants();

  expect(others).toEqual([]);
  expect(grant).toMatchObject({ version: 2 });
  expect(grant?.scopes.toSorted()).toEqual(['mail.read', 'mail.send', 'openid']);
});

test('a second consent without a refresh token keeps the stored one, for the same account only', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: { account: 'a1' } }) });
  await consent(app);
  const [first] = await app.grants();
  const refresh = first && (await app.open(first)).refresh?.expose();
  app.issuer.inject(faults.member('refresh_token', undefined));

  await consent(app, { scopes: ['openid', 'mail.send'] });
  app.issuer.consent = { account: 'a2' };
  await consent(app, { account: '' });

  const [same, other] = (await app.grants()).toSorted((a, b) => a.account.localeCompare(b.account));
  expect(refresh).toBeTypeOf('string');
  expect(same && (await app.open(same)).refresh?.expose()).toBe(refresh);
  expect(other && (await app.open(other)).refresh).toBeUndefined();
});

test('a refresh token is not kept where the account is not known', async () => {
  const app = await testApp({ connection: { scopes: ['mail.read'] } });
  await consent(app);
  app.issuer.inject(faults.member('refresh_token', undefined));

  await consent(app, { account: '' });

  expect(await app.grants()).toMatchObject([{ account: '', version: 2, hasRefreshToken: false }]);
});

test('the account is looked up with the access token where the provider has no ID token', async () => {
  const issuer = mailIssuer({ consent: { account: 'a1' } });
  const account = { url: `${issuer.issuerUrl}/userinfo`, member: 'sub' };
  const app = await testApp({ issuer, connection: { scopes: ['openid', 'mail.read'], account } });

  expect(await consent(app)).toBe(200);
  expect(await app.grants()).toMatchObject([{ account: 'a1' }]);
});

test.each([
  ['answers 404', 'https://profile.test/none', 'id'],
  ['has no such member', 'https://profile.test/me', 'data.id'],
])('when the profile %s, the account is not known, and nothing is stored', async (_, url, member) => {
  const issuer = mailIssuer();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { href, pathname } = new URL(input instanceof Request ? input.url : input);
    if (!href.startsWith('https://profile.test/')) return issuer.fetch(input, init);
    return pathname === '/me' ? Response.json({ login: 'alice' }) : new Response('', { status: 404 });
  };
  const app = await testApp({ issuer, fetch, connection: { scopes: ['mail.read'], account: { url, member } } });
  const flow = await startFlow(app);

  expect((await app.signIn('alice').open(flow.url)).status).toBe(502);
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason: 'account_unknown' });
  expect(await app.grants()).toEqual([]);
});

test('an account that several members of the token response name together is one account', async () => {
  const app = await testApp({ connection: { scopes: ['mail.read'], account: { member: ['team.id', 'user_id'] } } });
  app.issuer.inject([faults.member('team', { id: 'T1' }), faults.member('user_id', 7)]);

  expect(await consent(app)).toBe(200);
  expect(await app.grants()).toMatchObject([{ account: 'T1/7' }]);
});
