import { createHash } from 'node:crypto';
import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { consentUpToCallback, mailIssuer, startFlow, testApp } from './test-app.ts';
import type { TestApp } from './test-app.ts';

const get = (app: TestApp, url: string, headers: Record<string, string> = {}): Promise<Response> =>
  app.handler(new Request(url, { headers: { cookie: 'session=alice', ...headers } }));

test('the link sets a cookie of the flow, and sends the browser to the server with state, PKCE and nonce', async () => {
  const app = await testApp();
  const flow = await startFlow(app);

  const response = await get(app, flow.url);

  expect(response.status).toBe(302);
  expect(response.headers.get('set-cookie')).toMatch(
    new RegExp(`^__Host-bearings-${flow.id}=[\\w-]{43}; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$`),
  );
  const { origin, pathname, searchParams } = new URL(response.headers.get('location') ?? '');
  expect(origin + pathname).toBe('https://issuer.test/authorize');
  expect(Object.fromEntries(searchParams)).toEqual({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: 'https://app.test/oauth/callback/mail',
    scope: 'openid mail.read',
    state: expect.stringMatching(/^[\w-]{43}$/),
    nonce: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
});

test('the link is our own, and neither it nor the stored row contains a secret', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const location = new URL((await get(app, flow.url)).headers.get('location') ?? '');
  const state = location.searchParams.get('state') ?? '';

  expect(flow.url).toBe(`https://app.test/oauth/connect/${flow.id}`);
  const row = await app.store.getFlow(flow.id);
  expect(row?.stateHash).toBe(createHash('sha256').update(state).digest('base64url'));
  expect(Buffer.from(row?.sealed ?? []).includes(state)).toBe(false);
});

test("the provider's parameters, resources and offline rules are in the request, and cannot replace its protection", async () => {
  const app = await testApp({
    connection: {
      scopes: ['openid', 'offline_access'],
      authParams: { access_type: 'offline', state: 'fixed', code_challenge_method: 'plain', nonce: 'fixed' },
      resource: ['https://a.test', 'https://b.test'],
    },
  });

  const query = await authorizationQuery(app);

  expect(query.get('prompt')).toBe('consent');
  expect(query.get('access_type')).toBe('offline');
  expect(query.getAll('resource')).toEqual(['https://a.test', 'https://b.test']);
  expect([query.get('state'), query.get('nonce'), query.get('code_challenge_method')]).toEqual([
    expect.stringMatching(/^[\w-]{43}$/),
    expect.stringMatching(/^[\w-]{43}$/),
    'S256',
  ]);
});

test('an offline scope is added, scopes are separated as the provider wants them, and an empty parameter is removed', async () => {
  const connection = { scopes: ['openid', 'read'], offlineScope: 'offline_access', scopeSeparator: ',' as const };
  const app = await testApp({ connection: { ...connection, authParams: { prompt: '' } } });

  const query = await authorizationQuery(app);

  expect(query.get('scope')).toBe('openid,read,offline_access');
  expect(query.has('prompt')).toBe(false);
});

async function authorizationQuery(app: TestApp): Promise<URLSearchParams> {
  const response = await get(app, (await startFlow(app)).url);
  return new URL(response.headers.get('location') ?? '').searchParams;
}

test('two flows have nothing in common', async () => {
  const app = await testApp();
  const names = ['state', 'nonce', 'code_challenge'];
  const queries = [await authorizationQuery(app)];
  queries.push(
    new URL((await get(app, (await startFlow(app, { returnTo: '/b' })).url)).headers.get('location') ?? '')
      .searchParams,
  );

  const values = queries.flatMap((query) => names.map((name) => query.get(name)));

  expect(new Set(values).size).toBe(6);
});

test.each(['javascript:alert(1)', 'http://issuer.test/authorize', 'not a url'])(
  'the authorization endpoint %j is not used',
  async (endpoint) => {
    const issuer = mailIssuer();
    issuer.inject(faults.member('authorization_endpoint', endpoint), { on: 'metadata' });
    const app = await testApp({ issuer });

    const response = await get(app, (await startFlow(app)).url);

    expect([response.status, response.headers.get('location')]).toEqual([503, null]);
  },
);

test.each([
  ['/', 404],
  ['/favicon.ico', 404],
  ['/oauth', 404],
  ['/oauth/connect', 404],
  ['/oauth/connect/', 404],
  ['/oauth/connect/unknown', 404],
  ['/oauth/connect/a/b', 404],
  ['/oauth/connect/%00', 404],
  [`/oauth/connect/${'a'.repeat(2_000)}`, 404],
  ['/oauth/callback/mail/', 404],
  ['/oauth/callback/mail', 400],
  ['/oauth/callback/%6dail?state=s&code=c', 404],
  ['/oauth/callback/%E0%A4%A?state=s&code=c', 404],
  ['/OAUTH/callback/mail?state=s&code=c', 404],
  ['//oauth/callback/mail?state=s&code=c', 404],
])('GET %s is answered with %i', async (path, status) => {
  const app = await testApp();

  const response = await get(app, `https://app.test${path}`);

  expect(response.status).toBe(status);
});

test.each(['HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE'])('%s is refused, and the flow keeps waiting', async (method) => {
  const app = await testApp();
  const flow = await startFlow(app);
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, flow.url);

  for (const url of [flow.url, callback]) {
    const cookie = `session=alice; ${browser.cookies(url)}`;
    const response = await app.handler(new Request(url, { method, headers: { cookie } }));
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
  }
  expect((await app.store.getFlow(flow.id))?.status).toBe('pending');
  expect((await browser.open(callback)).text).toBe('the application');
});

test('X-Forwarded headers and the host do not change anything', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const forwarded = {
    'x-forwarded-host': 'evil.test',
    'x-forwarded-proto': 'http',
    'x-forwarded-prefix': '/evil',
    forwarded: 'host=evil.test;proto=http',
  };

  const response = await get(app, flow.url.replace('app.test', 'internal.test'), forwarded);

  expect(response.status).toBe(302);
  expect(response.headers.get('location')).toContain(encodeURIComponent('https://app.test/oauth/callback/mail'));
  expect(response.headers.get('set-cookie')).toContain('__Host-');
});

test('on loopback over http the cookie has no prefix, and another host is refused', async () => {
  const redirectUri = 'http://localhost:3000/oauth';
  const issuer = mailIssuer();
  const app = await testApp({ issuer, redirectUri });
  const flow = await startFlow(app);

  const response = await get(app, flow.url);
  const rebound = await get(app, flow.url.replace('localhost', 'evil.test'));

  expect(response.headers.get('set-cookie')).toMatch(
    /^bearings-[\w-]{43}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/,
  );
  expect([rebound.status, rebound.headers.get('set-cookie')]).toEqual([421, null]);
});

test.each([
  ['http://app.test/oauth', /https/],
  ['https://app.test/oauth?a=1', /query/],
  ['https://app.test/oauth#a', /fragment/],
  ['https://user:secret@app.test/oauth', /user and password/],
  ['/oauth', /absolute URL/],
  ['javascript:alert(1)', /https/],
])('the redirect URI %s is refused', async (redirectUri, problem) => {
  const failure = testApp({ redirectUri });

  await expect(failure).rejects.toMatchObject({ code: 'USER_TOKENS_CONFIG', field: 'redirectUri' });
  await expect(failure).rejects.toThrow(problem);
});

test.each([
  ['a refusal', async (app: TestApp) => app.handler(new Request((await startFlow(app)).url))],
  ['a page that does not exist', async (app: TestApp) => get(app, 'https://app.test/nothing')],
  [
    'a wrong method',
    async (app: TestApp) => app.handler(new Request('https://app.test/oauth/connect/a', { method: 'POST' })),
  ],
  ['a redirect', async (app: TestApp) => get(app, (await startFlow(app)).url)],
])('%s is private: not cached, no referrer, no sniffing, no script', async (_, act) => {
  const response = await act(await testApp());

  expect(Object.fromEntries(response.headers)).toMatchObject({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  if (response.status === 302) return;
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = response.headers.get('content-security-policy') ?? '';
  expect(policy.split('; ').filter((directive) => !directive.startsWith('style-src'))).toEqual([
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ]);
  const [, style = ''] = /<style>(.*)<\/style>/s.exec(await response.text()) ?? [];
  expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
});

test('a page is a whole document in the colors of the browser, light and dark', async () => {
  const app = await testApp();

  const text = await (await get(app, 'https://app.test/nothing')).text();

  expect(text).toMatchInlineSnapshot(`
    "<!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>This page does not exist</title>
    <style>:root{color-scheme:light dark}
    body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
    main{max-width:32rem;padding:2rem}
    h1{margin:0 0 1rem;font-size:1.5rem;line-height:1.25}
    p,blockquote{margin:0 0 1rem;overflow-wrap:anywhere}
    blockquote{padding-left:1rem;border-left:.25rem solid GrayText}
    a{color:LinkText}</style>
    </head>
    <body>
    <main>
    <h1>This page does not exist</h1>
    <p>Check the address.</p>
    </main>
    </body>
    </html>
    "
  `);
});

test('when the store does not work, the page is a 503, and its error is not shown', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  Object.assign(app.store, { getFlow: () => Promise.reject(new Error('password authentication failed for app')) });

  const response = await get(app, flow.url);

  expect([response.status, (await response.text()).includes('password')]).toEqual([503, false]);
});

test.each(['', null, { user: '' }, { user: null, tenant: null }])(
  'a browser without a user is asked to sign in, whatever `identify` answers then: %j',
  async (identity) => {
    const app = await testApp({ identify: () => identity as string });
    const flow = await startFlow(app);

    const response = await get(app, flow.url);

    expect(await response.text()).toContain('Sign in');
    expect(app.events).toContainEqual(expect.objectContaining({ type: 'consent-refused', reason: 'signed_out' }));
  },
);

test('an identity whose tenant is null is that of an application without tenants', async () => {
  const app = await testApp({ identify: () => ({ user: 'alice', tenant: null }) as unknown as string });

  expect((await get(app, (await startFlow(app)).url)).status).toBe(302);
});
