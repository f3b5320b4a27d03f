import { faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import { mailConnection, mailIssuer, startFlow, testApp } from './test-app.ts';
import type { TestApp, TestAppOptions } from './test-app.ts';

const alice = { user: 'alice', connection: 'mail' };
const refusal = { code: 'TOKEN_CONFIG', field: 'dpop' };

/** An application that binds tokens to keys, at a server whose metadata does not say that it does. */
const appWithDpop = (options: TestAppOptions = {}): Promise<TestApp> =>
  testApp({ ...options, connection: { dpop: true, ...options.connection } });

const requestedEndpoints = ({ requests }: FakeIssuer): readonly string[] => requests.map(({ endpoint }) => endpoint);
const learnDpop = (issuer: FakeIssuer): unknown =>
  issuer.inject(faults.member('dpop_signing_alg_values_supported', ['ES256']), { on: 'metadata' });

/** Opens the link; answers with where the browser is sent, or with the status of the page. */
async function openLink(app: TestApp, url: string): Promise<string | number> {
  const { redirect, status } = await app.signIn('alice').open(url, { stopBefore: app.issuer.issuerUrl });
  return redirect ?? status;
}

test('the user is not sent to a server that does not issue DPoP tokens, and the error is that of a token request', async () => {
  const app = await appWithDpop();
  const flow = await startFlow(app);

  const waiting = app.wait(flow.id);
  const opened = await openLink(app, flow.url);

  expect(opened).toBe(502);
  expect(await waiting).toEqual({ status: 'failed', reason: 'dpop_unsupported' });
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', sealed: undefined });
  expect(app.events.at(-1)).toMatchObject({ type: 'consent-failed', flowId: flow.id, error: refusal });
  expect(requestedEndpoints(app.issuer)).toEqual(['metadata']);
});

test('a link that was refused cannot be opened again, and a new one is refused without a request', async () => {
  const app = await appWithDpop();
  const first = await startFlow(app);
  await openLink(app, first.url);

  const again = await openLink(app, first.url);
  const second = await startFlow(app);

  expect([again, second.id === first.id, await openLink(app, second.url)]).toEqual([410, false, 502]);
  expect(requestedEndpoints(app.issuer)).toEqual(['metadata']);
});

test('a server that learns DPoP gets its users without a restart', async () => {
  const app = await appWithDpop();
  await openLink(app, (await startFlow(app)).url);
  learnDpop(app.issuer);
  await app.clock.advance(60_000);

  const opened = await openLink(app, (await startFlow(app)).url);

  expect(opened).toContain('dpop_jkt=');
  expect(requestedEndpoints(app.issuer)).toEqual(['metadata', 'metadata']);
});

test('a flow is refused when it has a key or the connection has one now', async () => {
  const app = await appWithDpop();
  const withKey = await startFlow(app);
  const { issuer, store, clock } = app;
  const later = await testApp({ issuer, store, clock });
  const withoutKey = await startFlow(later, { returnTo: '/later' });

  expect(await openLink(later, withKey.url)).toBe(502);
  expect(await openLink(app, withoutKey.url)).toBe(502);
  expect(await openLink(later, (await startFlow(later)).url)).toContain('/authorize?');
});

test('a server without metadata gets its users: it is known by its answers alone', async () => {
  const issuer = mailIssuer();
  const { issuerUrl, ...client } = mailConnection(issuer);
  const endpoints = { authorization: `${issuerUrl}/authorize`, token: `${issuerUrl}/token` };
  const app = await testApp({ issuer, connections: { mail: { ...client, endpoints, dpop: true } } });

  expect(await openLink(app, (await startFlow(app)).url)).toContain('dpop_jkt=');
  expect(requestedEndpoints(issuer)).toEqual([]);
});

test('a device shows no code of a server that does not issue DPoP tokens', async () => {
  const app = await appWithDpop();

  const refused = [await app.users.authorizeDevice(alice), await app.users.authorizeDevice(alice)];

  expect(refused.map((each) => each.unwrapErr())).toMatchObject([refusal, refusal]);
  expect([app.events, requestedEndpoints(app.issuer)]).toEqual([[], ['metadata']]);
});

test('a device shows the code of a server that issues DPoP tokens, or has no metadata', async () => {
  const clock = virtualClock();
  const [able, unknown] = [mailIssuer({ clock }), mailIssuer({ clock })];
  learnDpop(able);
  const { issuerUrl, ...client } = mailConnection(unknown);
  const deviceAuthorization = `${issuerUrl}/device_authorization`;
  const endpoints = { authorization: `${issuerUrl}/authorize`, token: `${issuerUrl}/token`, deviceAuthorization };
  const apps = [
    await appWithDpop({ issuer: able, clock }),
    await testApp({ issuer: unknown, clock, connections: { mail: { ...client, endpoints, dpop: true } } }),
  ];

  const started = await Promise.all(apps.map(({ users }) => users.authorizeDevice(alice)));

  expect(started.map((each) => typeof each.unwrap()?.userCode)).toEqual(['string', 'string']);
});
