import { existsSync, lstatSync, symlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { createTestServers } from './test-servers.ts';

const key = Buffer.alloc(32, 7).toString('base64');
const query = ['api', 'catalog', '{ products { name } }'];
const cacheFile = 'home/.cache/bearings-gql/tokens.db';

test('commands of a person with a key request one token together, and auth status says where it comes from', async () => {
  await using servers = await createTestServers();
  Object.assign(servers.env, { HOME: servers.path('home'), GQL_KEY: 'env:SEALING_KEY', SEALING_KEY: key });

  const first = await servers.run(query);
  const second = await servers.run(query);
  const status = await servers.run(['auth', 'status', 'catalog']);
  const json = await servers.run(['auth', 'status', 'catalog', '--json']);

  expect([first.code, second.code, status.code]).toEqual([0, 0, 0]);
  expect(servers.issuer.counts.token).toBe(1);
  expect(status.stdout).toContain('from       the token store');
  expect(JSON.parse(json.stdout).credentials[0].origin).toBe('store');
  expect((lstatSync(servers.path(cacheFile)).mode & 0o777).toString(8)).toBe('600');
});

test('with --no-cache each command requests a token, and stores none', async () => {
  await using servers = await createTestServers();
  Object.assign(servers.env, { HOME: servers.path('home'), GQL_KEY: 'env:SEALING_KEY', SEALING_KEY: key });

  await servers.run([...query, '--no-cache']);
  await servers.run(['auth', 'status', 'catalog', '--no-cache']);

  expect(servers.issuer.counts.token).toBe(2);
  expect(existsSync(servers.path(cacheFile))).toBe(false);
});

test.each<[string, Readonly<Record<string, string>>]>([
  ['without a key', {}],
  ['with a key that is too short', { GQL_KEY: 'env:SEALING_KEY', SEALING_KEY: 'c2hvcnQ=' }],
  ['with a key that cannot be read', { GQL_KEY: 'env:MISSING' }],
])('%s nothing is stored, and commands work', async (_, env) => {
  await using servers = await createTestServers();
  Object.assign(servers.env, { HOME: servers.path('home'), ...env });

  const outcomes = [await servers.run(query), await servers.run(query)];

  expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
  expect(servers.issuer.counts.token).toBe(2);
  expect(existsSync(servers.path('home'))).toBe(false);
});

test('a symbolic link in place of the file is not followed, and commands work', async () => {
  await using servers = await createTestServers();
  Object.assign(servers.env, { HOME: servers.path('home'), GQL_KEY: 'env:SEALING_KEY', SEALING_KEY: key });
  await mkdir(dirname(servers.path(cacheFile)), { recursive: true });
  symlinkSync(servers.path('target'), servers.path(cacheFile));

  const { code } = await servers.run(query);

  expect(code).toBe(0);
  expect(existsSync(servers.path('target'))).toBe(false);
});

const storeConfig = (file: string): string => `
tokenStore: { file: ${file}, keyRef: env:SEALING_KEY }
endpoints:
  catalog:
    url: https://api.test/graphql
    auth: { type: oauth2_client_credentials, issuerUrl: https://issuer.test, clientId: shop, clientSecretRef: env:SHOP_SECRET, scopes: [catalog.read] }
`;

test('commands share a token by the tokenStore of the config, and a wrong one is a clear error', async () => {
  await using servers = await createTestServers();
  Object.assign(servers.env, { SEALING_KEY: key });
  await servers.write('right.yaml', storeConfig(servers.path('store/tokens.db')));
  await servers.write('wrong.yaml', storeConfig(servers.path('right.yaml')));

  const right = ['--config', servers.path('right.yaml')];
  const codes = [(await servers.run([...query, ...right])).code, (await servers.run([...query, ...right])).code];
  const wrong = await servers.run(['auth', 'status', '--config', servers.path('wrong.yaml')]);

  expect(codes).toEqual([0, 0]);
  expect(servers.issuer.counts.token).toBe(1);
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('The tokenStore cannot be used');
});
