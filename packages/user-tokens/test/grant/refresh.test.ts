import type { AccessToken, TokenError } from '@bearings/oauth-bearer';
import type { Result } from 'ts-results';
import { expect, test } from 'vitest';
import type { ConnectionConfig } from '../../src/index.ts';
import { createUsers } from '../create-users.ts';
import { FakeProvider, lose, refuse } from '../fake-provider.ts';
import { storeTokens } from '../store-tokens.ts';
import { whileTimePasses } from '../while-time-passes.ts';

const purpose = { user: 'alice', connection: 'mail' };
const expired = { lifetimeMs: -1 };
const show = (result: Result<AccessToken, TokenError>): string =>
  result.isOk() ? result.value.secret.expose() : result.error.code;

test('a stored token that is valid is used without a token request', async () => {
  const { users, provider, connect } = await createUsers();
  await connect();

  const token = await users.for(purpose).get();

  expect([show(token), provider.refreshes]).toEqual(['at_CANARY_alice_1', []]);
});

test('a thousand callers on an expired token make one token request', async () => {
  const { users, provider, connect } = await createUsers();
  await connect(expired);

  const tokens = await Promise.all(Array.from({ length: 1_000 }, async () => users.for(purpose).get()));

  expect(provider.refreshes).toHaveLength(1);
  expect(new Set(tokens.map(show))).toEqual(new Set(['at_CANARY_alice_2']));
});

test('several instances on one expired token make one token request', async () => {
  const { users, provider, connect, another, clock } = await createUsers();
  const others = [await another(), await another(), await another()];
  await connect(expired);

  const answers = Promise.all([users, ...others].map(async (each) => each.for(purpose).get()));
  const tokens = await whileTimePasses(answers, clock);

  expect(provider.refreshes).toHaveLength(1);
  expect(new Set(tokens.map(show))).toEqual(new Set(['at_CANARY_alice_2']));
});

test('the new pair is stored before a caller gets it', async () => {
  const { users, store, connect } = await createUsers();
  const { id } = await connect(expired);

  const token = await users.for(purpose).get();

  expect(await store.get(id)).toMatchObject({ version: 2, lease: undefined, attempt: undefined });
  expect(show(token)).toBe('at_CANARY_alice_2');
});

test('a refresh carries no scope, and without one in the answer the granted scopes stay', async () => {
  const { users, provider, connect, store } = await createUsers();
  const { id } = await connect({ ...expired, scopes: ['mail.read', 'mail.send'] });
  let sent: string[] = [];
  provider.faults.push((form) => {
    sent = [...form.keys()];
    return undefined;
  });

  const token = await users.for(purpose).get();

  expect(sent).toEqual(['grant_type', 'refresh_token']);
  expect(token.unwrap().scopes).toEqual(['mail.read', 'mail.send']);
  expect((await store.get(id))?.scopes).toEqual(['mail.read', 'mail.send']);
});

test('a refresh without a new refresh token keeps the old one, sealed with the current key', async () => {
  const provider = new FakeProvider({ rotation: 'none' });
  const first = await createUsers({ provider });
  const { id } = await first.connect(expired);
  const keys = { current: 'k2', keys: { k1: new Uint8Array(32).fill(1), k2: new Uint8Array(32).fill(2) } };
  const users = await first.another({ keys });

  await users.for(purpose).get();
  await first.clock.advance(3_600_000);
  const again = await users.for(purpose).get();

  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1', 'rt_CANARY_alice_1']);
  expect([show(again), (await first.store.get(id))?.keyId]).toEqual(['at_CANARY_alice_3', 'k2']);
});

test('a refresh with a new refresh token uses the new one the next time', async () => {
  const { users, provider, connect, clock } = await createUsers();
  await connect(expired);

  await users.for(purpose).get();
  await clock.advance(3_600_000);
  await users.for(purpose).get();

  expect(provider.refreshes).toEqual(['rt_CANARY_alice_1', 'rt_CANARY_alice_2']);
});

test.each([
  ['invalid_grant', refuse],
  ['an empty 400, as Glewlwyd answers', () => new Response(null, { status: 400 })],
  ['a 200 with a code of the provider', () => Response.json({ error: 'bad_refresh_token' })],
  ['a 401 with a code of the provider', () => Response.json({ error: 'token_revoked' }, { status: 401 })],
])('a dead refresh token (%s) asks for consent, after one request, and none in the next hour', async (_, answer) => {
  const provider = new FakeProvider();
  const mail: ConnectionConfig = {
    issuerUrl: provider.issuer,
    clientId: 'app',
    clientSecret: 'cs',
    scopes: [],
    errorCodes: { bad_refresh_token: 'invalid_grant', token_revoked: 'invalid_grant' },
  };
  const { users, connect, store, clock, events } = await createUsers({ provider, connections: { mail } });
  const { id } = await connect(expired);
  provider.faults.push(answer);
  const token = users.for(purpose);

  const first = await token.get();
  for (let minute = 0; minute < 60; minute += 1) {
    await clock.advance(60_000);
    await token.get();
  }

  expect(first.isErr() && first.error).toMatchObject({
    code: 'REAUTHORIZATION_REQUIRED',
    reason: 'refresh_refused',
    connection: 'mail',
    retryable: false,
    kind: 'terminal',
  });
  expect(provider.refreshes).toHaveLength(1);
  expect(await store.get(id)).toMatchObject({ status: 'needs_reauthorization', reason: 'refresh_refused' });
  expect(events.map(({ type }) => type)).toEqual(['reauthorization-required']);
});

test.each([
  ['a wrong client secret', () => Response.json({ error: 'invalid_client' }, { status: 401 })],
  ['a 401 of a gateway', () => new Response(null, { status: 401 })],
  ['a scope that is not allowed', () => Response.json({ error: 'invalid_scope' }, { status: 400 })],
  [
    'a page with status 400',
    () => new Response('<html>blocked</html>', { status: 400, headers: { 'content-type': 'text/html' } }),
  ],
  ['a page with status 200', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
  ['a firewall', () => new Response(null, { status: 403 })],
  ['an outage', () => new Response(null, { status: 503 })],
])('%s does not end the grant, and it recovers alone', async (_, answer) => {
  const { users, provider, connect, store, clock } = await createUsers();
  const { id } = await connect(expired);
  provider.faults.push(answer, answer);
  const token = users.for(purpose);

  const failed = await whileTimePasses(token.get(), clock);
  const between = await store.get(id);
  provider.faults.length = 0;
  await clock.advance(300_000);
  const later = await whileTimePasses(token.get(), clock);

  expect(failed.isErr()).toBe(true);
  expect(between).toMatchObject({ status: 'active', lease: undefined });
  expect(later.isOk()).toBe(true);
});

test('a provider that cannot be reached does not end the grant, and a valid token is served meanwhile', async () => {
  const provider = new FakeProvider({ expiresIn: 200 });
  const { users, connect, store, clock } = await createUsers({ provider });
  const { id } = await connect(expired);
  const token = users.for(purpose);
  await token.get();
  provider.isDown = true;

  await clock.advance(150_000); // due for renewal
  token.read();
  await clock.advance(10_000);
  const served = token.read();
  await clock.advance(60_000);
  const failed = await whileTimePasses(token.get(), clock);

  expect([show(served), show(failed)]).toEqual(['at_CANARY_alice_2', 'TOKEN_UNAVAILABLE']);
  expect(await store.get(id)).toMatchObject({ status: 'active', attempt: undefined, lastError: 'TOKEN_UNAVAILABLE' });
});

test('the loser of a race that gets invalid_grant returns the pair of the winner', async () => {
  const { users, provider, connect, store } = await createUsers();
  const { id } = await connect(expired);
  provider.faults.push(async () => {
    const winner = provider.connect('alice');
    await storeTokens(store, id, winner.access);
    return refuse();
  });

  const token = await users.for(purpose).get();

  expect(show(token)).toBe('at_CANARY_alice_2');
  expect(await store.get(id)).toMatchObject({ status: 'active', version: 2 });
});

test('a lost answer is healed by a server with a grace period', async () => {
  const provider = new FakeProvider({ rotation: { graceMs: 30_000 } });
  const { users, connect, clock } = await createUsers({ provider });
  await connect(expired);
  const lost = loseAnswers(provider, 1);

  const token = await whileTimePasses(users.for(purpose).get(), clock);

  expect([show(token), provider.refreshes.length, lost.count]).toEqual(['at_CANARY_alice_3', 2, 1]);
});

test('a lost answer at a strict server is reported as an interrupted refresh, after two sends', async () => {
  const { users, provider, connect, clock, store } = await createUsers();
  const { id } = await connect(expired);
  loseAnswers(provider, 1);

  const token = await whileTimePasses(users.for(purpose).get(), clock);

  expect(token.isErr() && token.error).toMatchObject({ reason: 'refresh_interrupted' });
  expect(provider.refreshes).toHaveLength(2);
  expect(await store.get(id)).toMatchObject({ status: 'needs_reauthorization', reason: 'refresh_interrupted' });
});

test('after answers were lost, the mark of the attempt stays, and the next refresh is sent once', async () => {
  const { users, provider, connect, clock, store } = await createUsers();
  const { id } = await connect(expired);
  provider.faults.push(lose, lose, lose);
  const token = users.for(purpose);

  await whileTimePasses(token.get(), clock);
  const marked = await store.get(id);
  await clock.advance(60_000);
  await whileTimePasses(token.get(), clock);

  expect(marked?.attempt).toEqual(expect.any(String));
  expect(provider.refreshes).toHaveLength(3);
});

test('a process that dies after its claim is followed by another when the lease ends', async () => {
  const { users, provider, connect, clock, store } = await createUsers();
  const { id } = await connect(expired);
  await store.claim(id, { version: 1, owner: 'dead', leaseMs: 15_000, attempt: 'its mark' });

  const waiting = users.for(purpose).get();
  await clock.advance(14_000);
  const before = provider.refreshes.length;
  const token = await whileTimePasses(waiting, clock);

  expect([before, provider.refreshes.length, show(token)]).toEqual([0, 1, 'at_CANARY_alice_2']);
});

test('a token whose answer does not say when it expires, and that has no refresh token, is used until it is rejected', async () => {
  const { users, connect, provider } = await createUsers();
  await connect({ hasRefreshToken: false, lifetimeMs: Infinity });
  const token = users.for(purpose);

  const first = await token.get();
  const rejected = await token.invalidate(first.unwrap());

  expect(show(first)).toBe('at_CANARY_alice_1');
  expect(rejected.isErr() && rejected.error).toMatchObject({ reason: 'no_refresh_token' });
  expect(provider.refreshes).toEqual([]);
});

test('a refresh token past its own expiry is not sent', async () => {
  const { users, connect, provider, clock } = await createUsers();
  await connect({ ...expired, refreshLifetimeMs: 1 });
  await clock.advance(1);

  const token = await users.for(purpose).get();

  expect(token.isErr() && token.error).toMatchObject({ reason: 'refresh_expired' });
  expect(provider.refreshes).toEqual([]);
});

test('a grant of another client is neither sent nor ended', async () => {
  const provider = new FakeProvider();
  const mail = { issuerUrl: provider.issuer, clientId: 'another', clientSecret: 'cs', scopes: [] };
  const { users, connect, store } = await createUsers({ provider, connections: { mail } });
  const { id } = await connect(expired);

  const token = await users.for(purpose).get();

  expect(token.isErr() && token.error).toMatchObject({ reason: 'client_changed' });
  expect([provider.refreshes, (await store.get(id))?.status]).toEqual([[], 'active']);
});

/** The provider issues, and the connection breaks before the answer. */
function loseAnswers(provider: FakeProvider, times: number): { count: number } {
  const lost = { count: 0 };
  provider.afterIssue = () => {
    if (lost.count === times) return;
    lost.count += 1;
    lose();
  };
  return lost;
}
