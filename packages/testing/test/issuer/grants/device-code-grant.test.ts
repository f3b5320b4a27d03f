import { expect, test } from 'vitest';
import { fakeBrowser } from '../../../src/browser/fake-browser.ts';
import { virtualClock } from '../../../src/clock/virtual-clock.ts';
import type { VirtualClock } from '../../../src/clock/virtual-clock.ts';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import type { FakeIssuer, FakeIssuerOptions } from '../../../src/index.ts';
import { post } from '../oauth-client.ts';
import type { Answered } from '../oauth-client.ts';

interface Device {
  readonly issuer: FakeIssuer;
  readonly clock: VirtualClock;
  readonly started: Answered['body'];
  readonly poll: (changes?: Readonly<Record<string, string>>) => Promise<Answered>;
}

async function startDevice(options: FakeIssuerOptions = {}): Promise<Device> {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, ...options });
  const { body: started } = await post(issuer, '/device_authorization', { scope: 'orders.read' });
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' };
  const poll: Device['poll'] = (changes) =>
    post(issuer, '/token', { ...grant, device_code: String(started['device_code']), ...changes });
  return { issuer, clock, started, poll };
}

const openPage = (issuer: FakeIssuer, url: unknown) => fakeBrowser(issuer.fetch).open(String(url));

test('a device gets tokens after the user has entered the code', async () => {
  const { issuer, clock, started, poll } = await startDevice();

  const pending = await poll();
  const page = await openPage(issuer, started['verification_uri_complete']);
  await clock.advance(5_000);
  const granted = await poll();

  expect(started).toMatchObject({ user_code: 'CODE-0001', expires_in: 600, interval: 5 });
  expect(pending).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
  expect(page.text).toBe('The device is connected');
  expect(granted).toMatchObject({ status: 200, body: { refresh_token: 'refresh-token-1', scope: 'orders.read' } });
  expect(issuer.introspect(String(granted.body['access_token']))).toMatchObject({ account: 'alice' });
});

test('a device that polls too fast must slow down, by 5 s each time', async () => {
  const { clock, poll } = await startDevice();
  const errors = [];

  for (const pauseMs of [0, 4_999, 10_000, 14_999, 20_000]) {
    await clock.advance(pauseMs);
    errors.push((await poll()).body['error']);
  }

  expect(errors).toEqual([
    'authorization_pending',
    'slow_down',
    'authorization_pending',
    'authorization_pending',
    'authorization_pending',
  ]);
});

test('a user who denies ends the grant', async () => {
  const { issuer, started, poll } = await startDevice({ consent: 'deny' });

  await openPage(issuer, started['verification_uri_complete']);

  expect(await poll()).toMatchObject({ status: 400, body: { error: 'access_denied' } });
});

test('a device code expires', async () => {
  const { issuer, clock, started, poll } = await startDevice({ deviceCodeLifetimeMs: 60_000 });

  await clock.advance(60_000);
  const late = await openPage(issuer, started['verification_uri_complete']);

  expect(await poll()).toMatchObject({ status: 400, body: { error: 'expired_token' } });
  expect(late.status).toBe(404);
});

test('a device code is used once, by its client', async () => {
  const { issuer, started, poll } = await startDevice({
    deviceIntervalMs: 0,
    clients: [
      { clientId: 'test-client', clientSecret: 'test-client-secret' },
      { clientId: 'other', clientSecret: 'other-secret' },
    ],
  });
  await openPage(issuer, started['verification_uri_complete']);

  const other = await poll({ client_id: 'other', client_secret: 'other-secret' });
  const answers = [await poll(), await poll()];

  expect(other).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  expect(answers).toMatchObject([{ status: 200 }, { status: 400, body: { error: 'invalid_grant' } }]);
});

test('an unknown or used code shows an error page', async () => {
  const { issuer, started } = await startDevice();
  await openPage(issuer, started['verification_uri_complete']);

  const [again, unknown] = [
    await openPage(issuer, started['verification_uri_complete']),
    await openPage(issuer, started['verification_uri']),
  ];

  expect([again.status, unknown.status]).toEqual([404, 404]);
});
