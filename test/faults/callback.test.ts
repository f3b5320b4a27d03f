import '@bearings/testing/vitest';
import { createHash } from 'node:crypto';
import type { FakeBrowser, FakeIssuerOptions, Page } from '@bearings/testing';
import { expect } from 'vitest';
import {
  base,
  consentUpToCallback,
  mailIssuer,
  startFlow,
  testApp,
} from '../../packages/user-tokens/test/consent/test-app.ts';
import type { TestApp } from '../../packages/user-tokens/test/consent/test-app.ts';
import { replay } from './replay.ts';

/** Alice has consented at the provider; her browser has not come back yet. */
interface Waiting {
  readonly app: TestApp;
  readonly browser: FakeBrowser;
  readonly flowId: string;
  readonly link: string;
  readonly callback: URL;
}

async function waitForCallback(options: FakeIssuerOptions = {}, redirectUri = base): Promise<Waiting> {
  const app = await testApp({ issuer: mailIssuer(options), redirectUri });
  const browser = app.signIn('alice');
  const { id: flowId, url: link } = await startFlow(app);
  return { app, browser, flowId, link, callback: new URL(await consentUpToCallback(browser, link)) };
}

/** The code was not exchanged, and the flow keeps waiting for its own callback. */
async function expectWaiting({ app, browser, flowId, callback }: Waiting): Promise<void> {
  expect(app.issuer.counts.token).toBe(0);
  expect((await app.store.getFlow(flowId))?.status).toBe('pending');
  expect((await browser.open(callback.href)).text).toBe('the application');
}

const stateFrom = ({ searchParams }: URL): string => searchParams.get('state') ?? '';

/** The parameters of the authorization request that a browser was sent with. */
const askedWith = ({ visited }: Page): URLSearchParams =>
  new URL(visited.find((url) => url.includes('/authorize')) ?? 'about:blank').searchParams;

replay('CB-002', async ({ hides }) => {
  const waiting = await waitForCallback();

  const page = hides(await waiting.browser.open(`${base}/callback/mail?code=c`));

  expect(page.status).toBe(400);
  await expectWaiting(waiting);
});

replay('CB-004', async ({ hides }) => {
  const { app, browser, flowId, callback } = await waitForCallback({ consent: 'deny' });
  callback.searchParams.set('error_description', 'no\u001B[31m\n<b>');

  const page = hides(await browser.open(callback.href));

  expect(await app.store.getFlow(flowId)).toMatchObject({ status: 'denied', reason: 'access_denied' });
  expect(page.text).toContain('access_denied: no [31m &lt;b&gt;');
  expect(hides(app.events).at(-1)).toMatchObject({ type: 'consent-denied', reason: 'access_denied' });
});

replay('CB-005', async ({ hides }) => {
  const { app, browser, callback } = await waitForCallback();
  await browser.open(callback.href);

  const page = hides(await browser.open(callback.href));

  expect(page.status).toBe(409);
  expect(app.issuer.counts.token).toBe(1);
});

replay('CB-007', async ({ hides }) => {
  const { app, browser, flowId, callback } = await waitForCallback();
  callback.searchParams.set('iss', 'https://evil.example');

  const page = hides(await browser.open(callback.href));

  expect([page.status, app.issuer.counts.token]).toEqual([400, 0]);
  expect(await app.store.getFlow(flowId)).toMatchObject({ status: 'failed', reason: 'issuer_mismatch' });
});

replay('CB-010', async () => {
  const app = await testApp({ redirectUri: 'http://127.0.0.1:8080/oauth' });
  const flow = await startFlow(app);

  const requests = ['/oauth/callback/mail?code=c&state=s', new URL(flow.url).pathname].map(
    (path) => new Request(`http://evil.example${path}`, { headers: { cookie: 'session=alice' } }),
  );
  const statuses = await Promise.all(requests.map(async (request) => (await app.handler(request)).status));

  expect(statuses).toEqual([421, 421]);
  expect((await app.store.getFlow(flow.id))?.bindingHash).toBeUndefined();
});

replay('CB-011', async ({ hides }) => {
  const markup = '<script>alert(1)</script>';
  const { browser, callback } = await waitForCallback({ consent: 'deny' });
  for (const name of ['error_description', 'error', 'other', 'code']) callback.searchParams.set(name, markup);

  const page = hides(await browser.open(callback.href));

  expect(page.text).not.toMatch(/<script/i);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^;]+'; /);
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
});

replay('CB-012', async () => {
  const waiting = await waitForCallback();
  const { app, browser, callback } = waiting;
  const cookie = `session=alice; ${browser.cookies(callback.href)}`;
  const send = async (method: string, url: string): Promise<number> =>
    (await app.handler(new Request(url, { method, headers: { cookie } }))).status;

  const statuses = [
    await send('GET', 'https://app.test/favicon.ico'),
    await send('GET', 'https://app.test/'),
    await send('HEAD', callback.href),
    await send('OPTIONS', callback.href),
    await send('POST', callback.href),
  ];

  expect(statuses).toEqual([404, 404, 405, 405, 405]);
  await expectWaiting(waiting);
});

replay('CB-014', async ({ hides }) => {
  const { browser, callback } = await waitForCallback({ consent: 'deny' });
  const state = stateFrom(callback);
  callback.searchParams.set('code', 'code-CANARY-1');
  callback.searchParams.set('error_description', `${state} code-CANARY-1`);

  const page = await browser.open(callback.href);
  hides(page.text);

  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect([page.text, [...page.headers]]).toHideSecrets([state, 'code-CANARY-1']);
});

replay('CB-018', async () => {
  const app = await testApp();
  const flows = [await startFlow(app), await startFlow(app, { user: 'bob' })];

  const asked = [];
  for (const [at, { url }] of flows.entries()) {
    asked.push(askedWith(await app.signIn(at === 0 ? 'alice' : 'bob').open(url)));
  }
  const verifiers = app.issuer.requests.flatMap((request) => request.params('code_verifier'));

  expect(asked.map((query) => query.get('code_challenge_method'))).toEqual(['S256', 'S256']);
  for (const verifier of verifiers) expect(verifier).toMatch(/^[\w-]{43}$/); // 256 bits, base64url
  expect(asked.map((query) => query.get('code_challenge'))).toEqual(
    verifiers.map((verifier) => createHash('sha256').update(verifier).digest('base64url')),
  );
  expect(new Set([...verifiers, ...asked.map((query) => query.get('state'))]).size).toBe(4);
});

replay('CB-021', async () => {
  const app = await testApp();
  const browser = app.signIn('alice');
  const flows = [await startFlow(app, { returnTo: '/a' }), await startFlow(app, { returnTo: '/b' })];
  const callbacks = [];
  for (const { url } of flows) callbacks.push(new URL(await consentUpToCallback(browser, url)));
  const [first = base, second = base] = callbacks.map(({ href }) => href);
  const mixed = new URL(first);
  mixed.searchParams.set('code', new URL(second).searchParams.get('code') ?? '');

  const refused = await browser.open(mixed.href);
  const completed = await browser.open(second);

  expect(new Set(callbacks.map(stateFrom)).size).toBe(2);
  expect(refused.status).toBe(502); // the server refuses a code with the verifier of another flow
  expect(completed.text).toBe('the application');
  expect(await app.grants()).toHaveLength(1);
});

replay('CB-023', async ({ hides }) => {
  const waiting = await waitForCallback();
  const { browser, callback } = waiting;
  const state = stateFrom(callback);

  // the state is found by its hash, and the cookie's hash is compared in constant time: no length is an error
  for (const wrong of [state.slice(1), `${state}A`, state.toLowerCase(), 'A', 'A'.repeat(8_000)]) {
    const changed = new URL(callback);
    changed.searchParams.set('state', wrong);
    expect(hides(await browser.open(changed.href)).status).toBe(400);
  }
  const [name = ''] = browser.cookies(callback.href)?.split('=') ?? [];
  for (const value of ['', 'A', 'A'.repeat(43), 'A'.repeat(8_000)]) {
    const headers = { cookie: `session=alice; ${name}=${value}` };
    expect((await waiting.app.handler(new Request(callback, { headers }))).status).toBe(403);
  }
  await expectWaiting(waiting);
});
