import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import { base, consentUpToCallback, mailConnection, mailIssuer, startFlow, testApp } from './test-app.ts';
import type { TestApp } from './test-app.ts';

/** The flow is pending, no code was exchanged, nothing was stored. */
async function expectUntouched(app: TestApp, flowId: string): Promise<void> {
  expect((await app.store.getFlow(flowId))?.status).toBe('pending');
  expect(app.issuer.counts.token).toBe(0);
  expect(await app.grants()).toEqual([]);
}

/** The flow has failed for this reason, and nothing was stored. */
async function expectFailed(app: TestApp, flowId: string, reason: string): Promise<void> {
  expect(await app.store.getFlow(flowId)).toMatchObject({ status: 'failed', reason, sealed: undefined });
  expect(await app.grants()).toEqual([]);
}

const withParam = (url: string, name: string, value: string | undefined): string => {
  const changed = new URL(url);
  if (value === undefined) changed.searchParams.delete(name);
  else changed.searchParams.set(name, value);
  return changed.href;
};

test('a user who consents comes back to the application, and the grant is stored', async () => {
  const app = await testApp();
  const flow = await startFlow(app, { tenant: '', returnTo: '/settings?tab=2' });

  const page = await app.signIn('alice').open(flow.url);

  expect([page.url, page.text]).toEqual(['https://app.test/settings?tab=2', 'the application']);
  const [grant, ...others] = await app.grants();
  expect(others).toEqual([]);
  expect(grant).toMatchObject({ user: 'alice', connection: 'mail', account: 'alice', status: 'active', version: 1 });
  expect(grant && app.issuer.introspect((await app.open(grant)).access.expose())).toMatchObject({ clientId: 'app' });
  expect(await app.store.getFlow(flow.id)).toMatchObject({
    status: 'completed',
    sealed: undefined,
    grantId: grant?.id,
  });
  expect(app.events).toMatchObject([
    { type: 'consent-requested', flowId: flow.id, reason: 'not_connected' },
    { type: 'consent-completed', flowId: flow.id, grantId: grant?.id, account: 'alice' },
  ]);
});

test.each([
  ['without a state', (url: string) => withParam(url, 'state', undefined)],
  ['with a wrong state', (url: string) => withParam(url, 'state', 'A'.repeat(43))],
  ['with two states', (url: string) => `${url}&state=other`],
  ['with two codes', (url: string) => `${url}&code=other`],
  ['without a code', (url: string) => withParam(url, 'code', undefined)],
  ['with an empty code', (url: string) => withParam(url, 'code', '')],
  ['with a code of 10 kB', (url: string) => withParam(url, 'code', 'c'.repeat(10_000))],
  ['at the redirect URI of no connection', (url: string) => url.replace('/callback/mail', '/callback/other')],
])('a callback %s is refused with 400, and the flow keeps waiting', async (_, change) => {
  const app = await testApp();
  const flow = await startFlow(app);
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, flow.url);

  const refused = await browser.open(change(callback));

  expect(refused.status).toBe(400);
  await expectUntouched(app, flow.id);
  expect((await browser.open(callback)).text).toBe('the application');
});

test("a state of another connection's flow is refused at this connection's redirect URI", async () => {
  const issuer = mailIssuer();
  const connections = { mail: mailConnection(issuer), files: mailConnection(issuer) };
  const app = await testApp({ issuer, connections });
  const flow = await startFlow(app);
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, flow.url);

  const refused = await browser.open(callback.replace('/callback/mail', '/callback/files'));

  expect(refused.status).toBe(400);
  await expectUntouched(app, flow.id);
});

test('the same callback a second time is refused, and the code was exchanged once', async () => {
  const app = await testApp();
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, (await startFlow(app)).url);

  const first = await browser.open(callback);
  const second = await browser.open(callback);

  expect([first.text, second.status]).toEqual(['the application', 409]);
  expect(second.text).toContain('This has been completed already');
  expect(app.issuer.counts.token).toBe(1);
});

test('the same callback 20 times at once exchanges the code once', async () => {
  const app = await testApp();
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, (await startFlow(app)).url);

  const pages = await Promise.all(Array.from({ length: 20 }, () => browser.open(callback)));

  expect(pages.filter(({ text }) => text === 'the application')).toHaveLength(1);
  expect(pages.filter(({ status }) => status === 409 || status === 403)).toHaveLength(19);
  expect(app.issuer.counts.token).toBe(1);
  expect(await app.grants()).toHaveLength(1);
});

test("Bob opens Alice's link: 403, and nothing is changed or sent", async () => {
  const app = await testApp();
  const flow = await startFlow(app);

  const page = await app.signIn('bob').open(flow.url);

  expect([page.status, page.headers.get('set-cookie')]).toEqual([403, null]);
  expect(page.text).toContain('This link is for another user');
  expect((await app.store.getFlow(flow.id))?.bindingHash).toBeUndefined();
  await expectUntouched(app, flow.id);
  expect(app.events.at(-1)).toMatchObject({ type: 'consent-refused', reason: 'other_user', user: 'alice' });
});

test("Bob brings Alice's callback: 403, the code is not exchanged, and Alice can still complete it", async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const alice = app.signIn('alice');
  const callback = await consentUpToCallback(alice, flow.url);

  const refused = await app.signIn('bob').open(callback);

  expect(refused.status).toBe(403);
  await expectUntouched(app, flow.id);
  expect((await alice.open(callback)).text).toBe('the application');
});

test("Alice's callback in a browser without the cookie: 403, the code is not exchanged", async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const callback = await consentUpToCallback(app.signIn('alice'), flow.url);

  const refused = await app.signIn('alice').open(callback);

  expect(refused.status).toBe(403);
  expect(refused.text).toContain('This was started in another browser');
  await expectUntouched(app, flow.id);
  expect(app.events.at(-1)).toMatchObject({ type: 'consent-refused', reason: 'other_browser' });
});

test('a person who is not signed in is refused, and can sign in and open the link again', async () => {
  const app = await testApp();
  const flow = await startFlow(app);

  const refused = await app.signIn(undefined).open(flow.url);

  expect([refused.status, refused.text.includes('You are not signed in')]).toEqual([403, true]);
  expect((await app.signIn('alice').open(flow.url)).text).toBe('the application');
});

test('a user of another tenant is another user', async () => {
  const app = await testApp();
  const flow = await startFlow(app, { tenant: 'acme' });

  expect((await app.signIn('alice').open(flow.url)).status).toBe(403);
  await expectUntouched(app, flow.id);
});

test('when identify fails, the page is a 500, and the flow keeps waiting', async () => {
  const app = await testApp({
    identify: () => {
      throw new Error('the session store is down: secret-cookie');
    },
  });
  const flow = await startFlow(app);

  const page = await app.signIn('alice').open(flow.url);

  expect([page.status, page.text.includes('secret-cookie')]).toEqual([500, false]);
  await expectUntouched(app, flow.id);
});

test('the last browser that opened the link counts', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const [laptop, phone] = [app.signIn('alice'), app.signIn('alice')];
  const onLaptop = await consentUpToCallback(laptop, flow.url);
  const onPhone = await consentUpToCallback(phone, flow.url);

  expect((await laptop.open(onLaptop)).status).toBe(403);
  expect((await phone.open(onPhone)).text).toBe('the application');
});

test.each([
  ['wrong', 'https://evil.test', 'issuer_mismatch'],
  ['missing, though the server says that it sends it,', undefined, 'issuer_missing'],
])('an iss that is %s is refused before the code is exchanged', async (_, iss, reason) => {
  const app = await testApp();
  const flow = await startFlow(app);
  app.issuer.inject(faults.redirectParameter('iss', iss));

  const page = await app.signIn('alice').open(flow.url);

  expect([page.status, page.text.includes('another server')]).toEqual([400, true]);
  expect(app.issuer.counts.token).toBe(0);
  await expectFailed(app, flow.id, reason);
});

test('an iss that the server does not advertise is still compared, and may be missing', async () => {
  const wrong = await testApp({ issuer: mailIssuer({ advertisesIss: false }) });
  const flow = await startFlow(wrong);
  wrong.issuer.inject(faults.redirectParameter('iss', 'https://evil.test'));
  const silent = await testApp({ issuer: mailIssuer({ advertisesIss: false, sendsIss: false }) });

  const refused = await wrong.signIn('alice').open(flow.url);
  const accepted = await silent.signIn('alice').open((await startFlow(silent)).url);

  expect([refused.status, wrong.issuer.counts.token]).toEqual([400, 0]);
  expect(accepted.text).toBe('the application');
});

test('an iss that is wrong is refused before the error of the answer is believed', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: 'deny' }) });
  const flow = await startFlow(app);
  app.issuer.inject(faults.redirectParameter('iss', 'https://evil.test'));

  await app.signIn('alice').open(flow.url);

  await expectFailed(app, flow.id, 'issuer_mismatch');
});

test('an error with a wrong state is not believed', async () => {
  const app = await testApp();
  const flow = await startFlow(app);

  const page = await app.signIn('alice').open(`${base}/callback/mail?error=access_denied&state=${'A'.repeat(43)}`);

  expect(page.status).toBe(400);
  await expectUntouched(app, flow.id);
});

test('a user who denies reads so, and the flow is denied', async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: 'deny' }) });
  const flow = await startFlow(app, { returnTo: '/settings' });

  const page = await app.signIn('alice').open(flow.url);

  expect([page.status, page.text.includes('Access was not granted')]).toEqual([200, true]);
  expect(page.text).toContain('<a href="/settings">');
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'denied', reason: 'access_denied' });
  expect([app.issuer.counts.token, await app.grants()]).toEqual([0, []]);
});

test("markup in the server's error is shown as text", async () => {
  const app = await testApp({ issuer: mailIssuer({ consent: 'deny' }) });
  const flow = await startFlow(app);
  app.issuer.inject(faults.redirectParameter('error_description', '<script>alert("1")</script>&'));

  const page = await app.signIn('alice').open(flow.url);

  expect(page.text).not.toContain('<script');
  expect(page.text).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;');
});

test.each(['server_error', 'temporarily_unavailable', 'invalid_scope'])(
  'the error %s of the server fails the flow and is shown',
  async (error) => {
    const app = await testApp({ issuer: mailIssuer({ consent: 'deny' }) });
    const flow = await startFlow(app);
    app.issuer.inject(faults.redirectParameter('error', error));

    const page = await app.signIn('alice').open(flow.url);

    expect([page.status, page.text.includes(error)]).toEqual([502, true]);
    await expectFailed(app, flow.id, 'server_error');
  },
);

test('when the answer of the code exchange is lost, the code is not sent again, and the flow has failed', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  app.issuer.inject(faults.lostAnswer());

  const page = await app.signIn('alice').open(flow.url);

  expect(page.status).toBe(502);
  expect(app.issuer.counts.token).toBe(1);
  await expectFailed(app, flow.id, 'code_interrupted');
  expect(app.events.at(-1)).toMatchObject({ type: 'consent-failed', error: { code: 'TOKEN_UNAVAILABLE' } });
});

test.each([500, 503, 429])('a code is not sent again after status %i', async (status) => {
  const app = await testApp();
  const flow = await startFlow(app);
  app.issuer.inject(faults.status(status));

  await app.signIn('alice').open(flow.url);

  expect(app.issuer.counts.token).toBe(1);
  expect((await app.store.getFlow(flow.id))?.status).toBe('failed');
});

test('a code that the server refuses fails the flow', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  app.issuer.inject(faults.status(400, { body: { error: 'invalid_grant' } }));

  const page = await app.signIn('alice').open(flow.url);

  expect(page.status).toBe(502);
  await expectFailed(app, flow.id, 'code_refused');
});

test('while the server cannot be found, the flow keeps waiting', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const outage = app.issuer.inject(faults.unavailable(404), { on: 'metadata' });

  const page = await app.signIn('alice').open(flow.url);

  expect(page.status).toBe(503);
  await expectUntouched(app, flow.id);
  outage.clear();
  expect((await app.signIn('alice').open(flow.url)).text).toBe('the application');
});

test('a user who is forgotten while the code is exchanged gets no grant', async () => {
  const issuer = mailIssuer();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await issuer.fetch(input, init);
    if (issuer.counts.token > 0) await app.store.deleteUser({ tenant: '', user: 'alice' });
    return response;
  };
  const app = await testApp({ issuer, fetch });

  const page = await app.signIn('alice').open((await startFlow(app)).url);

  expect(page.status).toBe(503);
  expect(await app.grants()).toEqual([]);
  expect(app.events.at(-1)).toMatchObject({ type: 'consent-failed', reason: 'user_forgotten' });
});

test("Bob, signed in at Alice's own browser, is refused: the code is not exchanged", async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, flow.url);
  const cookie = `session=bob; ${browser.cookies(callback)}`;

  const refused = await app.handler(new Request(callback, { headers: { cookie } }));

  expect([refused.status, (await refused.text()).includes('for another user')]).toEqual([403, true]);
  await expectUntouched(app, flow.id);
  expect((await browser.open(callback)).text).toBe('the application');
});

test('a flow is not continued at another issuer that the connection has got meanwhile', async () => {
  const app = await testApp();
  const [opened, waiting] = [await startFlow(app), await startFlow(app, { returnTo: '/b' })];
  const browser = app.signIn('alice');
  const callback = await consentUpToCallback(browser, opened.url);
  const issuer = mailIssuer({ issuerUrl: 'https://new-issuer.test' });
  const { store, clock } = app;
  const changed = await testApp({ issuer, store, clock });
  const headers = { cookie: `session=alice; ${browser.cookies(callback)}` };

  const link = await changed.handler(new Request(waiting.url, { headers }));
  const answer = await changed.handler(new Request(callback, { headers }));

  expect([link.status, link.headers.get('location'), answer.status]).toEqual([503, null, 400]);
  expect(issuer.counts.token).toBe(0);
  await expectFailed(changed, opened.id, 'client_changed');
});

test('the flow of a device has no link', async () => {
  const app = await testApp();
  const known = await app.store.getFlow((await startFlow(app)).id);
  if (known?.sealed === undefined) throw new Error('The flow has no secrets');
  const { sealed } = known;
  await app.store.insertFlow({ ...known, sealed, id: 'd1', stateHash: 'd1', kind: 'device', lifetimeMs: 60_000 });

  expect((await app.signIn('alice').open(`${base}/connect/d1`)).status).toBe(404);
});

test('the link of a flow that has ended says so to its user', async () => {
  const completed = await testApp();
  const denied = await testApp({ issuer: mailIssuer({ consent: 'deny' }) });

  for (const [app, status] of [
    [completed, 409],
    [denied, 410],
  ] as const) {
    const { url } = await startFlow(app, { returnTo: '/settings' });
    const browser = app.signIn('alice');
    await browser.open(url);
    const again = await browser.open(url);
    expect([again.status, again.text.includes('href="/settings"')]).toEqual([status, true]);
  }
});
