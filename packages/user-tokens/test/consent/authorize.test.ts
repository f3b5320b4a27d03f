import { expect, test } from 'vitest';
import { mailConnection, mailIssuer, startFlow, testApp } from './test-app.ts';

test('ten calls at once share one flow, and so does a later one while half of its time is left', async () => {
  const app = await testApp();

  const flows = await Promise.all(Array.from({ length: 10 }, () => startFlow(app)));
  await app.clock.advance(300_000);
  const later = await startFlow(app);
  await app.clock.advance(1);
  const fresh = await startFlow(app);

  expect(new Set([...flows, later].map(({ id }) => id)).size).toBe(1);
  expect(later.expiresAt).toBe(flows[0]?.expiresAt);
  expect(fresh.id).not.toBe(later.id);
  expect(app.events.map(({ type }) => type)).toEqual(['consent-requested', 'consent-requested']);
});

test('another process shares the flow too', async () => {
  const app = await testApp();
  const replica = await app.replica();

  expect((await startFlow(replica)).id).toBe((await startFlow(app)).id);
});

test('flows of other users, scopes, accounts and return paths are others', async () => {
  const app = await testApp();

  const flows = [
    await startFlow(app),
    await startFlow(app, { user: 'bob' }),
    await startFlow(app, { tenant: 'acme' }),
    await startFlow(app, { scopes: ['openid', 'mail.send'] }),
    await startFlow(app, { account: 'a2' }),
    await startFlow(app, { returnTo: '/settings' }),
  ];

  expect(new Set(flows.map(({ id }) => id)).size).toBe(6);
});

test('a user who has granted everything is authorized, and no flow is started', async () => {
  const app = await testApp();
  await app.signIn('alice').open((await startFlow(app)).url);

  expect(await app.authorize({ user: 'alice', connection: 'mail' })).toEqual({ status: 'authorized' });
  expect(await app.authorize({ user: 'alice', connection: 'mail', scopes: [] })).toEqual({ status: 'authorized' });
  expect((await startFlow(app, { user: 'bob' })).reason).toBe('not_connected');
});

test('a grant that has ended asks for consent again, with its reason, account and scopes', async () => {
  const app = await testApp();
  await app.signIn('alice').open((await startFlow(app, { scopes: ['openid', 'mail.read', 'mail.send'] })).url);
  const [grant] = await app.grants();
  await app.store.expire(grant?.id ?? '', 1, 'refresh_refused');

  const flow = await startFlow(app);

  expect(flow).toMatchObject({ reason: 'refresh_refused', scopes: ['openid', 'mail.read', 'mail.send'] });
  expect((await app.store.getFlow(flow.id))?.account).toBe('alice');
});

test('a grant whose token has expired and cannot be refreshed asks for consent again', async () => {
  const app = await testApp({ issuer: mailIssuer({ offline: 'never', tokenLifetimeMs: 60_000 }) });
  await app.signIn('alice').open((await startFlow(app)).url);
  expect(await app.authorize({ user: 'alice', connection: 'mail' })).toEqual({ status: 'authorized' });

  await app.clock.advance(60_000);

  expect((await startFlow(app)).reason).toBe('no_refresh_token');
});

test('a grant of another client asks for consent again', async () => {
  const app = await testApp();
  await app.signIn('alice').open((await startFlow(app)).url);
  const { issuer, store, clock } = app;
  const moved = await testApp({ issuer, store, clock, connection: { clientId: 'app-2' } });

  expect((await startFlow(moved)).reason).toBe('client_changed');
});

test('a connection that does not exist is refused, naming the one that was probably meant', async () => {
  const app = await testApp();

  await expect(app.authorize({ user: 'alice', connection: 'mial' })).rejects.toThrow(/Did you mean mail\?/);
  await expect(app.authorize({ user: 'alice', connection: 'calendar' })).rejects.toThrow(/The connections are mail/);
});

test.each([
  ['user', { user: '' }],
  ['user', { user: 'a'.repeat(10_000) }],
  ['user', { user: 'a\0b' }],
  ['user', { user: 42 as unknown as string }],
  ['tenant', { tenant: 'a\0b' }],
  ['tenant', { tenant: '\ud800' }],
  ['account', { account: 'a\n' }],
])('a %s that is not an id is refused, and nothing is written', async (field, request) => {
  const app = await testApp();

  const failure = app.authorize({ user: 'alice', connection: 'mail', ...request });

  await expect(failure).rejects.toMatchObject({ code: 'USER_TOKENS_CONFIG', field });
  expect(app.events).toEqual([]);
});

test('the authorization server of a protected resource is found, and its tokens are for that resource', async () => {
  const issuer = mailIssuer();
  const mcp = 'https://mcp.test/mcp';
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { href } = new URL(input instanceof Request ? input.url : input);
    if (!href.startsWith('https://mcp.test/')) return issuer.fetch(input, init);
    return Response.json({ resource: mcp, authorization_servers: [issuer.issuerUrl] });
  };
  const { issuerUrl: _, ...client } = mailConnection(issuer);
  const app = await testApp({ issuer, fetch, connections: { mail: { ...client, protectedResource: mcp } } });

  const page = await app.signIn('alice').open((await startFlow(app)).url);

  expect(page.text).toBe('the application');
  expect(page.visited.find((url) => url.includes('/authorize'))).toContain(`resource=${encodeURIComponent(mcp)}`);
  const [grant] = await app.grants();
  expect(grant).toMatchObject({ issuer: issuer.issuerUrl, account: 'alice' });
});
