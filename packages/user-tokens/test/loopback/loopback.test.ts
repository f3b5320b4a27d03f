import { fakeBrowser, fakeIssuer, virtualClock } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { PendingAuthorization } from '@bearings/user-tokens';
import { openLoopback, withMemoryFlows } from '@bearings/user-tokens/loopback';
import { expect, onTestFinished, test } from 'vitest';
import { keys } from '../create-users.ts';

/** A person, a loopback listener, and a consent that has been started. */
async function createPerson() {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clients: [{ clientId: 'cli' }], clock });
  const loopback = await openLoopback();
  const store = memoryStore({ clock });
  const created = await UserTokens.create({
    store: withMemoryFlows(store, clock),
    keys,
    connections: { api: { issuerUrl: issuer.issuerUrl, clientId: 'cli', clientAuthMethod: 'none', scopes: ['read'] } },
    redirectUri: loopback.redirectUri,
    identify: () => 'me',
    fetch: issuer.fetch,
    clock,
    random: () => 0.5,
  });
  const users = created.unwrap();
  const flow = (await users.authorize({ user: 'me', connection: 'api', account: '' })).unwrap() as PendingAuthorization;
  const page = (await loopback.start(users, flow)) ?? '';
  onTestFinished(async () => {
    await loopback.close();
    await users.close();
  });
  const consent = async (): Promise<string> =>
    (await fakeBrowser(issuer.fetch).open(page, { stopBefore: loopback.redirectUri })).redirect ?? '';
  return { issuer, loopback, store, users, flow, page, consent };
}

test('the page to open is that of the authorization server', async () => {
  const { page, loopback, issuer } = await createPerson();

  const { origin, pathname, searchParams } = new URL(page);

  expect(`${origin}${pathname}`).toBe(`${issuer.issuerUrl}/authorize`);
  expect(searchParams.get('redirect_uri')).toBe(`${loopback.redirectUri}/callback/api`);
});

test('an answer that is brought as text is accepted once', async () => {
  const { loopback, users, flow, consent } = await createPerson();
  const callback = await consent();

  const elsewhere = callback.replace('127.0.0.1', '127.0.0.2');
  const others = ['', 'code', `${loopback.redirectUri}/callback/other?code=1&state=2`, elsewhere, flow.url];
  const refused = await Promise.all(others.map((text) => loopback.accept(text)));

  expect(refused).toEqual([false, false, false, false, false]);
  expect(await loopback.accept(callback)).toBe(true);
  expect((await users.wait(flow.id)).unwrap()).toEqual({ status: 'completed' });
  expect((await users.list({ user: 'me' })).unwrap()).toHaveLength(1);
});

test('before a consent is started, no path is there', async () => {
  const loopback = await openLoopback();
  onTestFinished(() => loopback.close());

  const response = await fetch(`${loopback.redirectUri}/callback/api?code=1&state=2`);

  expect([response.status, await loopback.accept(response.url)]).toEqual([404, false]);
});

test('flows are in memory, grants are in the store', async () => {
  const { loopback, store, flow, consent } = await createPerson();

  expect(await store.getFlow(flow.id)).toBeUndefined();
  await loopback.accept(await consent());

  expect(await store.list({ limit: 10 })).toHaveLength(1);
});

test('a server that cannot be found has no page', async () => {
  const { issuer, loopback, users, flow } = await createPerson();
  const unknown = { ...flow, url: flow.url.replace(/\w+$/, 'unknown') };

  expect(await loopback.start(users, unknown)).toBeUndefined();
  expect(issuer.counts.token).toBe(0);
});
