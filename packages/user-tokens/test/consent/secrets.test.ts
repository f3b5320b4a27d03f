import '@bearings/testing/vitest';
import { faults } from '@bearings/testing';
import type { Page } from '@bearings/testing';
import { memoryStore } from '@bearings/user-tokens';
import type { NewGrant } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { consentUpToCallback, mailIssuer, startFlow, testApp } from './test-app.ts';
import type { TestApp } from './test-app.ts';

/** Everything in one flow that must not be shown. */
interface Canaries {
  readonly all: readonly string[];
  readonly page: Page;
  readonly rows: readonly unknown[];
}

/** Runs a flow, and collects its secrets on the way: state, nonce, verifier, code, cookie and tokens. */
async function runFlow(app: TestApp): Promise<Canaries> {
  const browser = app.signIn('alice');
  const flow = await startFlow(app);
  const callback = new URL(await consentUpToCallback(browser, flow.url));
  const cookie = browser.cookies(flow.url)?.split('=')[1] ?? '';
  const pending = await app.store.getFlow(flow.id);
  const page = await browser.open(callback.href);
  const token = app.issuer.requests.find(({ endpoint }) => endpoint === 'token');
  const authorization = app.issuer.requests.find(({ endpoint }) => endpoint === 'authorization');
  const asked = new URL(authorization?.url ?? 'about:blank').searchParams;
  const [grant] = await app.grants();
  const pair = grant && (await app.open(grant));
  const secrets = [
    callback.searchParams.get('state'),
    callback.searchParams.get('code'),
    token?.params('code_verifier')[0],
    asked.get('nonce'),
    cookie,
    'a client secret',
    pair?.access.expose(),
    pair?.refresh?.expose(),
  ];
  const ended = await app.store.getFlow(flow.id);
  return { all: secrets.filter((each) => typeof each === 'string'), page, rows: [pending, ended, grant] };
}

test('no secret is in a page, an event or a stored row', async () => {
  const app = await testApp();

  const { all, page, rows } = await runFlow(app);

  expect(all).toHaveLength(8);
  expect([page.text, app.events, rows]).toHideSecrets(all);
});

test.each([
  ['a denial', mailIssuer({ consent: 'deny' }), undefined],
  ['a lost answer', mailIssuer(), faults.lostAnswer()],
  ['a refusal that quotes the code', mailIssuer(), faults.status(400, { body: { error: 'invalid_grant' } })],
  ['an answer that is no token', mailIssuer(), faults.member('token_type', 'mac')],
  ['an ID token of another flow', mailIssuer(), faults.member('id_token', 'eyJhbGciOiJub25lIn0.e30.')],
])('no secret is in the page, events and rows of %s', async (_, issuer, fault) => {
  const app = await testApp({ issuer });
  if (fault !== undefined) issuer.inject(fault);

  const { all, page, rows } = await runFlow(app);

  expect(page.status).toBeGreaterThanOrEqual(200);
  expect([page.text, app.events, rows]).toHideSecrets(all);
});

test('a server that quotes the state or the code in its error does not show them', async () => {
  const issuer = mailIssuer({ consent: 'deny' });
  const app = await testApp({ issuer });
  const browser = app.signIn('alice');
  const callback = new URL(await consentUpToCallback(browser, (await startFlow(app)).url));
  const state = callback.searchParams.get('state') ?? '';
  callback.searchParams.set('error_description', `no flow ${state} for code-of-the-server`);
  callback.searchParams.set('code', 'code-of-the-server');

  const page = await browser.open(callback.href);

  expect(page.text).toContain('no flow');
  expect(page.text).toHideSecrets([state, 'code-of-the-server']);
});

test('when the store cannot take the tokens, it is tried again for some seconds, and nothing is shown', async () => {
  const store = memoryStore();
  const insert = store.insert.bind(store);
  let tries = 0;
  const app = await testApp({ store });
  Object.assign(store, {
    insert: (grant: NewGrant) => {
      tries += 1;
      return tries < 4 ? Promise.reject(new Error('the disk is full')) : insert(grant);
    },
  });

  const opened = app.signIn('alice').open((await startFlow(app)).url);
  await expect
    .poll(async () => {
      await app.clock.advance(500);
      return tries;
    })
    .toBe(4);

  expect((await opened).text).toBe('the application');
  expect(await app.grants()).toHaveLength(1);
});

test('when the store does not come back, the flow has failed, and the page says that it could not be saved', async () => {
  const store = memoryStore();
  let tries = 0;
  const app = await testApp({ store });
  Object.assign(store, {
    insert: () => {
      tries += 1;
      return Promise.reject(new Error('the disk is full'));
    },
  });
  const flow = await startFlow(app);

  const opened = app.signIn('alice').open(flow.url);
  await expect
    .poll(async () => {
      await app.clock.advance(500);
      return tries;
    })
    .toBe(6);

  expect((await opened).status).toBe(503);
  expect(await store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason: 'not_stored' });
  expect(app.issuer.counts.token).toBe(1);
});
