import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { openWorld, secret } from './world.ts';

const golden = (name: string): string => `golden/${name}.txt`;

/** One credential of each kind. */
const kinds = `endpoints:
  orders:
    url: https://api.test/orders
    auth: { type: bearer, tokenRef: file:token }
  stock:
    url: https://api.test/stock
    auth: { type: basic, username: shop, passwordRef: env:SHOP_SECRET }
  prices:
    url: https://api.test/prices
    auth: { type: api_key, keyRef: env:SHOP_SECRET }
  news:
    url: https://api.test/news
    auth: { type: none }
`;

test('each distinct credential is told of once: whose it is, for how long, for what', async () => {
  await using world = await openWorld();

  const ended = await world.run(['auth', 'status']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-status'));
  expect([world.issuer.counts.token, world.api.counts.requests]).toEqual([2, 0]);
});

test('with --json it is told to machines, with instants as milliseconds since the epoch', async () => {
  await using world = await openWorld();

  const ended = await world.run(['auth', 'status', 'catalog', 'open', '--json']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-status-json'));
});

test('only the credentials of the endpoints that are named are asked for', async () => {
  await using world = await openWorld();

  const { code, stdout } = await world.run(['auth', 'status', 'again']);

  expect([code, stdout.split('\n')[0], world.issuer.counts.token]).toEqual([0, '✓ again', 1]);
});

test('scopes that were not granted, or not asked for, are marked', async () => {
  await using world = await openWorld();
  world.issuer.inject(faults.member('scope', 'catalog.list'));

  const { stdout } = await world.run(['auth', 'status', 'catalog']);

  expect(stdout).toContain('scopes     catalog.read (not granted), catalog.list (not asked for)\n');
});

test('credentials that somebody else looks after are read, and sent nowhere', async () => {
  await using world = await openWorld();
  await world.write('token', 'a-token-of-somebody-else');
  await world.write('gql.yaml', kinds);

  const ended = await world.run(['auth', 'status']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('auth-status-kinds'));
  expect(world.sent).toEqual([]);
  expect(ended).toHideSecrets([secret, 'a-token-of-somebody-else']);
});

test.each([
  ['orders', 'authorization', 'Bearer a-token-of-somebody-else'],
  ['stock', 'authorization', `Basic ${btoa(`shop:${secret}`)}`],
  ['prices', 'x-api-key', secret],
  ['news', 'authorization', null],
])('a call to %s sends the credential of its kind', async (endpoint, header, value) => {
  await using world = await openWorld();
  await world.write('token', 'a-token-of-somebody-else');
  await world.write('gql.yaml', kinds);
  world.replaceApi(() => Response.json({ data: {} }));

  const { code } = await world.run(['api', endpoint, '{ a }']);

  expect([code, world.sent.map(({ headers }) => headers.get(header))]).toEqual([0, [value]]);
});

test('an issuer that is silent is waited for no longer than 10 s', async () => {
  await using world = await openWorld();
  using silence = world.issuer.inject(faults.hang());

  const status = world.run(['auth', 'status', 'catalog']);
  await expect.poll(() => silence.hits).toBe(1);
  await world.clock.advance(10_000);

  expect((await status).transcript).toContain('[exit 3]');
});

test('who interrupts is not kept waiting', async () => {
  await using world = await openWorld();
  using silence = world.issuer.inject(faults.hang());
  const user = new AbortController();

  const status = world.run(['auth', 'status'], { signal: user.signal });
  await expect.poll(() => silence.hits).toBeGreaterThan(0);
  user.abort();

  expect(await status).toMatchObject({ code: 130, stdout: '', stderr: '✗ Interrupted\n' });
});
