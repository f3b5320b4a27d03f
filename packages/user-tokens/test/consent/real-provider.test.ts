import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { fakeBrowser } from '@bearings/testing';
import type { FakeBrowser } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { GrantStore, PendingAuthorization } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { keys } from '../create-users.ts';
import { credentials, startOidcProvider } from './oidc-provider.ts';
import type { OidcProvider } from './oidc-provider.ts';
import { base } from './test-app.ts';

interface RealApp {
  readonly provider: OidcProvider;
  readonly store: GrantStore;
  readonly users: UserTokens;
  readonly start: () => Promise<PendingAuthorization>;
}

/** An application whose users sign in at a real provider. */
async function realApp(given: Partial<OidcProvider> = {}): Promise<RealApp> {
  const provider = { ...(await startOidcProvider()), ...given };
  const store = memoryStore();
  const created = await UserTokens.create({
    store,
    keys,
    connections: {
      mail: { issuerUrl: provider.issuerUrl, ...credentials, scopes: ['openid', 'offline_access', 'mail.read'] },
    },
    redirectUri: base,
    identify: (request) => /session=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1],
    fetch: provider.fetch,
  });
  const users = created.unwrap();
  const start = async (): Promise<PendingAuthorization> => {
    const flow = (await users.authorize({ user: 'alice', connection: 'mail', returnTo: '/done' })).unwrap();
    if (flow.status !== 'pending') throw new Error('The user has consented already');
    return flow;
  };
  return { provider, store, users, start };
}

/** A browser in which a user is signed in at the application; the provider asks for a login of its own. */
function browserFor(user: string, { users }: RealApp): FakeBrowser {
  return fakeBrowser(async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (origin !== 'https://app.test') return fetch(request);
    if (pathname === '/done') return new Response('the application');
    const cookie = `${request.headers.get('cookie') ?? ''}; session=${user}`;
    return users.handler(new Request(request.url, { headers: { cookie } }));
  });
}

/** Signs in and consents at the provider; answers with the callback's URL. */
async function consentAtProvider(browser: FakeBrowser, url: string): Promise<string> {
  const stopBefore = `${base}/callback/`;
  let page = await browser.open(url, { stopBefore });
  while (page.redirect === undefined) {
    const fields = page.text.includes('name="login"') ? { login: 'alice-at-provider', password: 'any' } : {};
    page = await browser.submit(page, fields, { stopBefore });
  }
  return page.redirect;
}

test('code and PKCE lead to the first API call with the unchanged bearer layer', async () => {
  const app = await realApp();
  const browser = browserFor('alice', app);
  const callback = await consentAtProvider(browser, (await app.start()).url);
  const token = app.users.for({ user: 'alice', connection: 'mail', scopes: ['openid', 'mail.read'] });
  const api = createClient({ baseUrl: app.provider.issuerUrl, insecureHttp: true }, withBearerAuth(token));

  const page = await browser.open(callback);
  const profile = await api.get('me').json();

  expect([page.url, page.text]).toEqual(['https://app.test/done', 'the application']);
  expect(profile).toEqual({ sub: 'alice-at-provider' });
  expect(await app.store.list({ limit: 10 })).toMatchObject([{ account: 'alice-at-provider', hasRefreshToken: true }]);
  expect(app.provider.tokenRequests.map((sent) => sent.get('grant_type'))).toEqual(['authorization_code']);
});

test('a lost answer of the code exchange at a real provider: one send, and the flow has failed', async () => {
  const real = await startOidcProvider();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await real.fetch(input, init);
    if (new URL(response.url).pathname !== '/token') return response;
    await response.text();
    throw new TypeError('fetch failed');
  };
  const app = await realApp({ ...real, fetch });
  const browser = browserFor('alice', app);
  const flow = await app.start();

  const page = await browser.open(await consentAtProvider(browser, flow.url));

  expect(page.status).toBe(502);
  expect(real.tokenRequests).toHaveLength(1);
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason: 'code_interrupted' });
  expect(await app.store.list({ limit: 10 })).toEqual([]);
});

test("at a real provider, Bob can neither open Alice's link nor bring her callback, nor can a browser without the cookie", async () => {
  const app = await realApp();
  const flow = await app.start();
  const alice = browserFor('alice', app);
  const callback = await consentAtProvider(alice, flow.url);

  const refused = [
    await browserFor('bob', app).open(flow.url),
    await browserFor('bob', app).open(callback),
    await browserFor('alice', app).open(callback),
  ];

  expect(refused.map(({ status }) => status)).toEqual([403, 403, 403]);
  expect(app.provider.tokenRequests).toEqual([]);
  expect(await app.store.list({ limit: 10 })).toEqual([]);
  expect((await alice.open(callback)).text).toBe('the application');
});

test.each([
  ['wrong', (url: URL) => url.searchParams.set('iss', 'https://evil.test')],
  ['missing', (url: URL) => url.searchParams.delete('iss')],
])('an iss of a real provider that is %s is refused before the code is sent', async (_, change) => {
  const app = await realApp();
  const browser = browserFor('alice', app);
  const callback = new URL(await consentAtProvider(browser, (await app.start()).url));
  change(callback);

  expect((await browser.open(callback.href)).status).toBe(400);
  expect(app.provider.tokenRequests).toEqual([]);
});

test('a real provider issues a refresh token with the prompt that offline_access requires', async () => {
  const app = await realApp();
  const browser = browserFor('alice', app);
  await browser.open(await consentAtProvider(browser, (await app.start()).url));
  const token = app.users.for({ user: 'alice', connection: 'mail' });
  const first = (await token.get()).unwrap();

  const second = (await token.invalidate(first)).unwrap();

  expect(second.isSameAs(first)).toBe(false);
  expect(app.provider.tokenRequests.map((sent) => sent.get('grant_type'))).toEqual([
    'authorization_code',
    'refresh_token',
  ]);
});
