import { faults } from '@bearings/testing';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { createTestServers, secret } from './test-servers.ts';

const golden = (name: string): string => `golden/${name}.txt`;

/** One credential of each static type, and none. */
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

test('shows each distinct credential once, with endpoints, lifetime and scopes', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['auth', 'status']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-status'));
  expect([servers.issuer.counts.token, servers.api.counts.requests]).toEqual([2, 0]);
});

test('--json prints times as milliseconds since the epoch', async () => {
  await using servers = await createTestServers();

  const outcome = await servers.run(['auth', 'status', 'catalog', 'open', '--json']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-status-json'));
});

test('acquires tokens only for the named endpoints', async () => {
  await using servers = await createTestServers();

  const { code, stdout } = await servers.run(['auth', 'status', 'again']);

  expect([code, stdout.split('\n')[0], servers.issuer.counts.token]).toEqual([0, '✓ again', 1]);
});

test('marks scopes that were not granted, or not requested', async () => {
  await using servers = await createTestServers();
  servers.issuer.inject(faults.member('scope', 'catalog.list'));

  const { stdout } = await servers.run(['auth', 'status', 'catalog']);

  expect(stdout).toContain('scopes     catalog.read (not granted), catalog.list (not requested)\n');
});

test('static credentials are read, and sent nowhere', async () => {
  await using servers = await createTestServers();
  await servers.write('token', 'a-planted-static-token');
  await servers.write('gql.yaml', kinds);

  const outcome = await servers.run(['auth', 'status']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('auth-status-kinds'));
  expect(servers.sent).toEqual([]);
  expect(outcome).toHideSecrets([secret, 'a-planted-static-token']);
});

test.each([
  ['orders', 'authorization', 'Bearer a-planted-static-token'],
  ['stock', 'authorization', `Basic ${btoa(`shop:${secret}`)}`],
  ['prices', 'x-api-key', secret],
  ['news', 'authorization', null],
])('a call to %s sends the credential of its type', async (endpoint, header, value) => {
  await using servers = await createTestServers();
  await servers.write('token', 'a-planted-static-token');
  await servers.write('gql.yaml', kinds);
  servers.replaceApi(() => Response.json({ data: {} }));

  const { code } = await servers.run(['api', endpoint, '{ a }']);

  expect([code, servers.sent.map(({ headers }) => headers.get(header))]).toEqual([0, [value]]);
});

test('an issuer that does not answer is given up after 10 s', async () => {
  await using servers = await createTestServers();
  using silence = servers.issuer.inject(faults.hang());

  const status = servers.run(['auth', 'status', 'catalog']);
  await expect.poll(() => silence.hits).toBe(1);
  await servers.clock.advance(10_000);

  expect((await status).transcript).toContain('[exit 3]');
});

test('ctrl-C ends it at once', async () => {
  await using servers = await createTestServers();
  using silence = servers.issuer.inject(faults.hang());
  const user = new AbortController();

  const status = servers.run(['auth', 'status'], { signal: user.signal });
  await expect.poll(() => silence.hits).toBeGreaterThan(0);
  user.abort();

  expect(await status).toMatchObject({ code: 130, stdout: '', stderr: '✗ Interrupted\n' });
});
