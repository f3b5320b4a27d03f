import { chmod, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { config, createTestServers, secret } from './test-servers.ts';

const golden = (name: string): string => `golden/${name}.txt`;
const product = '{ product(id: "p-1") { name } }';
const ids = 'query ($id: ID!) { product(id: $id) { name } }';
const twoConnections =
  'query ($a: String, $b: String) { x: list(after: $a) { pageInfo { hasNextPage endCursor } } y: list(after: $b) { pageInfo { hasNextPage endCursor } } }';
const circle = 'query ($a: String) { list(after: $a) { ...F } } fragment F on L { ...F ...F }';
const two = 'query One { a } query Two { b }';
const shop = 'clientSecretRef: env:SHOP_SECRET';

test('lists all problems of a config at once, and sends nothing', async () => {
  await using servers = await createTestServers();
  const text = config
    .replace('url:', 'uri:')
    .replace('scopes: [catalog.read]', 'scope: [catalog.read]\n      tokenUrl: https://issuer.test/token')
    .replace('OLD_SECRET', 'LOST_SECRET')
    .replace('  open:\n    url: https:', '  open:\n    timeout: soon\n    url: http:')
    .replace(shop, `clientSecret: ${secret}`);
  await servers.write('gql.yaml', text);

  const outcome = await servers.run(['api', 'catalog', product]);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('config-problems'));
  expect(servers.sent).toEqual([]);
  expect(outcome).toHideSecrets(secret);
});

const bomb = `endpoints:\n  a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefghi'.replace(
  /./g,
  (name) =>
    `  ${name}: &${name} [${Array(10)
      .fill(`*${String.fromCharCode(name.charCodeAt(0) - 1)}`)
      .join(', ')}]\n`,
)}`;

test.each([
  [
    'a secret in place of a reference',
    config.replace(shop, `clientSecretRef: ${secret}`),
    'is not a reference to a secret',
  ],
  ['a name given twice', `${config}  open: {}\n`, 'is a duplicate'],
  ['aliases that expand too far', bomb, 'has aliases that expand too far'],
  ['10 MB', `${config}#${' '.repeat(10 * 2 ** 20)}`, 'is larger than 1024 KiB'],
  ['a missing variable', config.replace('OLD_SECRET', 'NO_SECRET'), 'NO_SECRET, which is not set'],
  ['an empty variable', config.replace('OLD_SECRET', 'EMPTY'), 'EMPTY, which is empty'],
  ['a secret file that all users can read', config.replace('env:OLD_SECRET', 'file:all'), 'which other users may read'],
  ['a missing secret file', config.replace('env:OLD_SECRET', 'file:none'), 'which does not exist'],
  [
    'a secret header',
    config.replace('  open:', '  open:\n    headers: { authorization: a }'),
    'must not be the name of a secret',
  ],
])('a config with %s ends with 2; nothing is sent and no secret shown', async (_, text, expected) => {
  await using servers = await createTestServers();
  Object.assign(servers.env, { EMPTY: '' });
  await servers.write('all', secret);
  await chmod(servers.path('all'), 0o644);
  await servers.write('gql.yaml', text);

  const outcome = await servers.run(['api', 'catalog', product]);
  const status = await servers.run(['auth', 'status']);

  expect([outcome.code, outcome.stdout, status.code, servers.sent.length]).toEqual([2, '', 2, 0]);
  expect(outcome.stderr).toContain(expected);
  expect([outcome, status]).toHideSecrets(secret);
});

const mistakes: readonly (readonly string[])[] = [
  ['api', 'catlog', product],
  ['api', 'warehouse', product],
  ['auth', 'status', 'strangr'],
  ['api', 'catalog', '{ product('],
  ['api', 'catalog', ''],
  ['api', 'catalog', 'fragment F on Product { name }'],
  ['api', 'catalog', '@missing.graphql'],
  ['api', 'catalog', '@.'],
  ['api', 'catalog', two],
  ['api', 'catalog', two, '--operation', 'Tow'],
  ['api', 'catalog', ids, '--var', 'id'],
  ['api', 'catalog', ids, '--var', 'id=1', '--var', 'id=2'],
  ['api', 'catalog', ids, '--var', 'id=1', '--vars', '{"id": 2}'],
  ['api', 'catalog', ids, '--vars', '[1]'],
  ['api', 'catalog', ids, '--var-file', 'id=missing.txt'],
  ['api', 'catalog', ids, '--var-file', 'id'],
  ['api', 'catalog', ids, '--var-env', 'id=NO_SUCH_VARIABLE'],
  ['api', 'catalog', ids, '--var-env', 'id=ID', '--var', 'id=1'],
  ['api', 'catalog', product, '--paginate'],
  ['api', 'catalog', 'mutation { rename(id: "p-1", name: "x") { id } }', '--paginate'],
  ['api', 'catalog', twoConnections, '--paginate'],
  ['api', 'catalog', circle, '--paginate'],
  ['api', 'catalog', 'subscription { ticks }', '--persisted'],
  ['api', 'catalog', product, '--events', '3'],
  ['api', 'catalog', 'subscription { ticks }', '--events', '0'],
  ['api', 'catalog', ids, '--vars', '@gql.yaml'],
  ['api', 'catalog', ids, '--var', 'ID=1'],
  ['api', 'catalog', product, '--var', 'id=1'],
  ['api', 'catalog', product, '--config', 'other.yaml'],
  ['api', 'catalog', product, '--verbos'],
  ['api', 'catalog'],
  ['apo'],
];

test('a wrong command line ends with 2, sends nothing, and shows what is right', async () => {
  await using servers = await createTestServers();
  servers.env['ID'] = 'p-1';

  const outcome = [];
  for (const args of mistakes) outcome.push(await servers.run(args));

  await expect(outcome.map(({ transcript }) => transcript).join('\n')).toMatchFileSnapshot(golden('usage'));
  expect([...new Set(outcome.map(({ code }) => code)), servers.sent]).toEqual([2, []]);
});

test('a query larger than 1 MiB is rejected', async () => {
  await using servers = await createTestServers();
  const large = `{ a }${' '.repeat(2 ** 20)}`;
  await servers.write('large.graphql', large);

  const file = await servers.run(['api', 'catalog', '@large.graphql']);
  const stdin = await servers.run(['api', 'catalog', '-'], { input: large });

  expect([file.code, file.stderr]).toEqual([2, '✗ large.graphql is larger than 1 MiB\n']);
  expect([stdin.code, stdin.stderr]).toEqual([2, '✗ stdin is larger than 1 MiB\n']);
});

test('--config takes precedence over GQL_CONFIG, and that over the current folder', async () => {
  await using servers = await createTestServers();
  const named = (name: string): string => config.replace('  catalog:', `  ${name}:`);
  await servers.write('one.yaml', named('one'));
  await servers.write(
    'two.json',
    JSON.stringify({ endpoints: { two: { url: 'https://api.test/', auth: { type: 'none' } } } }),
  );
  const firstEndpoint = async (args: readonly string[]): Promise<string> =>
    (await servers.run(['api', 'x', product, ...args])).stderr.replace(/.* are (\w+).*/s, '$1');

  const here = await firstEndpoint([]);
  servers.env['GQL_CONFIG'] = 'two.json';
  const byVariable = await firstEndpoint([]);
  const byName = await firstEndpoint(['--config', 'one.yaml']);

  expect([here, byVariable, byName]).toEqual(['catalog', 'two', 'one']);
});

test('without a config the message says where it was searched', async () => {
  await using servers = await createTestServers();
  await rm(servers.path('gql.yaml'));

  const outcome = await servers.run(['auth', 'status']);

  await expect(outcome.transcript).toMatchFileSnapshot(golden('no-config'));
});

test('the help explains variables and exit codes', async () => {
  await using servers = await createTestServers();

  const gql = await servers.run(['--help']);
  const api = await servers.run(['api', '--help']);

  await expect(`${gql.transcript}\n${api.transcript}`).toMatchFileSnapshot(golden('help'));
});
