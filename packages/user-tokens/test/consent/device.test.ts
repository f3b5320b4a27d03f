import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, FakeIssuerOptions, VirtualClock } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { DeviceAuthorization, UserTokensEvent } from '@bearings/user-tokens';
import { expect, test } from 'vitest';
import { keys } from '../create-users.ts';
import { turn } from '../while-time-passes.ts';

interface DeviceSetup {
  readonly users: UserTokens;
  readonly issuer: FakeIssuer;
  readonly clock: VirtualClock;
  readonly events: UserTokensEvent[];
  readonly device: DeviceAuthorization;
  /** Lets the user consent. */
  readonly consent: () => Promise<unknown>;
}

const alice = { user: 'alice', connection: 'mail' };

async function createUsers(options: FakeIssuerOptions = {}) {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clients: [{ clientId: 'tv' }], clock, ...options });
  const { issuerUrl } = issuer;
  const created = await UserTokens.create({
    store: memoryStore({ clock }),
    keys,
    connections: { mail: { issuerUrl, clientId: 'tv', clientAuthMethod: 'none', scopes: ['openid', 'mail.read'] } },
    redirectUri: 'https://app.test/oauth',
    identify: () => undefined,
    fetch: issuer.fetch,
    clock,
    random: () => 0.5,
  });
  return { users: created.unwrap(), issuer, clock };
}

/** A device that shows its code. */
async function startDevice(options: FakeIssuerOptions = {}): Promise<DeviceSetup> {
  const { users, issuer, clock } = await createUsers(options);
  const events: UserTokensEvent[] = [];
  users.subscribe((event) => events.push(event));
  const device = (await users.authorizeDevice(alice)).unwrap();
  if (device === undefined) throw new Error('The issuer has no endpoint for devices');
  const consent = (): Promise<unknown> => issuer.fetch(device.verificationUriComplete ?? '');
  return { users, issuer, clock, events, device, consent };
}

/** Moves time second by second, in which keys have time of their own. */
async function pass(clock: VirtualClock, ms: number): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    await clock.advance(1_000);
    await turn();
  }
}

/** When the token requests were sent, in seconds from the start. */
const pollTimes = ({ issuer }: DeviceSetup): readonly number[] =>
  issuer.requests
    .filter(({ endpoint }) => endpoint === 'token')
    .map(({ at }) => (at - (issuer.requests[0]?.at ?? 0)) / 1_000);

test('a user who consents on another device has a grant, and each event is reported', async () => {
  const setup = await startDevice();
  const { users, clock, events, device, consent } = setup;

  const waiting = device.wait();
  await pass(clock, 10_000);
  await consent();
  await pass(clock, 5_000);

  expect(await waiting).toEqual({ status: 'completed' });
  expect(pollTimes(setup)).toEqual([5, 10, 15]);
  expect((await users.for(alice).get()).isOk()).toBe(true);
  expect((await users.list(alice)).unwrap()).toMatchObject([{ account: 'alice', scopes: ['openid', 'mail.read'] }]);
  expect(events.map(({ type }) => type)).toEqual(['consent-requested', 'consent-completed']);
});

test('what is shown comes from the server, with the time at which it ends', async () => {
  const { device, clock, issuer } = await startDevice({ deviceCodeLifetimeMs: 90_000 });

  expect(device.verificationUri).toBe(`${issuer.issuerUrl}/device`);
  expect(device.verificationUriComplete).toBe(`${issuer.issuerUrl}/device?user_code=${device.userCode}`);
  expect(device.expiresAt).toBe(clock.now() + 90_000);
});

test('slow_down makes all later pauses 5 s longer', async () => {
  const setup = await startDevice();
  setup.issuer.inject(faults.status(400, { body: { error: 'slow_down' } }), { on: 'token', times: 1 });

  void setup.device.wait();
  await pass(setup.clock, 36_000);

  expect(pollTimes(setup)).toEqual([5, 15, 25, 35]);
});

test('while the server cannot be reached, pauses double up to a minute; an answer ends that', async () => {
  const setup = await startDevice();
  const outage = setup.issuer.inject(faults.unreachable(), { on: 'token', times: 5 });

  void setup.device.wait();
  await pass(setup.clock, 220_000);

  expect(outage.hits).toBe(5);
  expect(pollTimes(setup).slice(0, 7)).toEqual([5, 15, 35, 75, 135, 195, 200]);
});

test('Retry-After makes one pause longer', async () => {
  const setup = await startDevice();
  setup.issuer.inject(faults.unavailable(503, { headers: { 'retry-after': '20' } }), { on: 'token', times: 1 });

  void setup.device.wait();
  await pass(setup.clock, 31_000);

  expect(pollTimes(setup)).toEqual([5, 25, 30]);
});

test('the wait ends with the code, without a request after that', async () => {
  const setup = await startDevice({ deviceCodeLifetimeMs: 12_000 });

  const waiting = setup.device.wait();
  await pass(setup.clock, 60_000);

  expect(await waiting).toEqual({ status: 'expired' });
  expect(pollTimes(setup)).toEqual([5, 10]);
  expect(setup.clock.pending).toBe(0);
});

test.each([
  ['access_denied', { status: 'denied', reason: 'access_denied' }, 'consent-denied'],
  ['expired_token', { status: 'expired' }, 'consent-requested'],
  ['invalid_grant', { status: 'failed', reason: 'code_refused' }, 'consent-failed'],
])('%s ends it', async (error, result, lastEvent) => {
  const setup = await startDevice();
  setup.issuer.inject(faults.status(400, { body: { error } }), { on: 'token' });

  const waiting = setup.device.wait();
  await pass(setup.clock, 5_000);

  expect(await waiting).toEqual(result);
  expect(setup.events.at(-1)?.type).toBe(lastEvent);
  expect((await setup.users.list(alice)).unwrap()).toEqual([]);
});

test('aborting the wait ends it at once, with the reason', async () => {
  const { device, clock } = await startDevice();
  const caller = new AbortController();

  const waiting = device.wait({ signal: caller.signal });
  caller.abort(new Error('user left'));

  await expect(waiting).rejects.toThrow('user left');
  expect(clock.pending).toBe(0);
});

test('an ID token of another client is not believed', async () => {
  const setup = await startDevice();
  setup.issuer.inject(faults.member('id_token', 'not.a.token'), { on: 'token' });

  const waiting = setup.device.wait();
  await setup.consent();
  await pass(setup.clock, 5_000);

  expect(await waiting).toEqual({ status: 'failed', reason: 'id_token_invalid' });
});

test('a server without an endpoint for devices, and a connection that does not exist, have errors of their own', async () => {
  const { users, issuer } = await createUsers();
  issuer.inject(faults.member('device_authorization_endpoint', undefined), { on: 'metadata' });

  expect((await users.authorizeDevice(alice)).unwrap()).toBeUndefined();
  expect((await users.authorizeDevice({ user: 'alice', connection: 'mial' })).unwrapErr()).toMatchObject({
    code: 'USER_TOKENS_CONFIG',
    message: expect.stringContaining('Did you mean mail?'),
  });
  expect((await users.authorizeDevice({ ...alice, user: '' })).unwrapErr()).toMatchObject({ field: 'user' });
});

test.each([
  ['a code with control characters', { user_code: 'A\u001b[2J' }],
  ['no code', { user_code: undefined }],
  ['a page over http', { verification_uri: 'http://id.test/device' }],
  ['an endless lifetime', { expires_in: 'Infinity' }],
])('an answer with %s is not used', async (_, members) => {
  const { users, issuer } = await createUsers();
  const changes = Object.entries(members).map(([name, value]) => faults.member(name, value));
  issuer.inject(changes, { on: 'device_authorization' });

  const failure = (await users.authorizeDevice(alice)).unwrapErr();

  expect(failure).toMatchObject({ code: 'INVALID_TOKEN_RESPONSE' });
  expect(failure.message).toContain('did not answer with a device code (RFC 8628 §3.2)');
});
