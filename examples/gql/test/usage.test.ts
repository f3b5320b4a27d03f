import { chmod, rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { config, openWorld, secret } from './world.ts';

const golden = (name: string): string => `golden/${name}.txt`;
const product = '{ product(id: "p-1") { name } }';
const ids = 'query ($id: ID!) { product(id: $id) { name } }';
const two = 'query One { a } query Two { b }';
const shop = 'clientSecretRef: env:SHOP_SECRET';

test('all that is wrong in a config is told at once, and nothing is sent', async () => {
  await using world = await openWorld();
  const text = config
    .replace('url:', 'uri:')
    .replace('scopes: [catalog.read]', 'scope: [catalog.read]\n      tokenUrl: https://issuer.test/token')
    .replace('OLD_SECRET', 'LOST_SECRET')
    .replace('  open:\n    url: https:', '  open:\n    timeoutMs: soon\n    url: http:')
    .replace(shop, `clientSecret: ${secret}`);
  await world.write('gql.yaml', text);

  const ended = await world.run(['api', 'catalog', product]);

  await expect(ended.transcript).toMatchFileSnapshot(golden('config-problems'));
  expect(world.sent).toEqual([]);
  expect(ended).toHideSecrets(secret);
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
  ['anchors that stand for too much', bomb, 'has aliases that expand too far'],
  ['10 MB', `${config}#${' '.repeat(10 * 2 ** 20)}`, 'is larger than 1024 KiB'],
  ['a missing variable', config.replace('OLD_SECRET', 'NO_SECRET'), 'NO_SECRET, which is not set'],
  ['an empty variable', config.replace('OLD_SECRET', 'EMPTY'), 'EMPTY, which is empty'],
  ['a secret file for all to read', config.replace('env:OLD_SECRET', 'file:all'), 'which other users may read'],
  ['a secret file that is not there', config.replace('env:OLD_SECRET', 'file:none'), 'which does not exist'],
  [
    'a secret header',
    config.replace('  open:', '  open:\n    headers: { authorization: a }'),
    'must not be the name of a secret',
  ],
])('a config with %s ends with 2, nothing sent and no secret shown', async (_, text, said) => {
  await using world = await openWorld();
  Object.assign(world.env, { EMPTY: '' });
  await world.write('all', secret);
  await chmod(world.path('all'), 0o644);
  await world.write('gql.yaml', text);

  const ended = await world.run(['api', 'catalog', product]);
  const status = await world.run(['auth', 'status']);

  expect([ended.code, ended.stdout, status.code, world.sent.length]).toEqual([2, '', 2, 0]);
  expect(ended.stderr).toContain(said);
  expect([ended, status]).toHideSecrets(secret);
});

const slips: readonly (readonly string[])[] = [
  ['api', 'catlog', product],
  ['api', 'warehouse', product],
  ['auth', 'status', 'strangr'],
  ['api', 'catalog', '{ product('],
  ['api', 'catalog', ''],
  ['api', 'catalog', 'fragment F on Product { name }'],
  ['api', 'catalog', 'subscription { prices }'],
  ['api', 'catalog', '@missing.graphql'],
  ['api', 'catalog', '@.'],
  ['api', 'catalog', two],
  ['api', 'catalog', two, '--operation', 'Tow'],
  ['api', 'catalog', ids, '--var', 'id'],
  ['api', 'catalog', ids, '--var', 'id=1', '--var', 'id=2'],
  ['api', 'catalog', ids, '--var', 'id=1', '--vars', '{"id": 2}'],
  ['api', 'catalog', ids, '--vars', '[1]'],
  ['api', 'catalog', ids, '--vars', '@gql.yaml'],
  ['api', 'catalog', ids, '--var', 'ID=1'],
  ['api', 'catalog', product, '--var', 'id=1'],
  ['api', 'catalog', product, '--config', 'other.yaml'],
  ['api', 'catalog', product, '--verbos'],
  ['api', 'catalog'],
  ['apo'],
];

test('what cannot be meant ends with 2, nothing sent, and what would be right', async () => {
  await using world = await openWorld();

  const ended = [];
  for (const args of slips) ended.push(await world.run(args));

  await expect(ended.map(({ transcript }) => transcript).join('\n')).toMatchFileSnapshot(golden('usage'));
  expect([...new Set(ended.map(({ code }) => code)), world.sent]).toEqual([2, []]);
});

test('a query of more than 1 MiB is not read', async () => {
  await using world = await openWorld();
  const large = `{ a }${' '.repeat(2 ** 20)}`;
  await world.write('large.graphql', large);

  const file = await world.run(['api', 'catalog', '@large.graphql']);
  const stdin = await world.run(['api', 'catalog', '-'], { input: large });

  expect([file.code, file.stderr]).toEqual([2, '✗ large.graphql has more than 1 MiB\n']);
  expect([stdin.code, stdin.stderr]).toEqual([2, '✗ stdin has more than 1 MiB\n']);
});

test('the config is the one that is named, else that of GQL_CONFIG, else the one that lies here', async () => {
  await using world = await openWorld();
  const named = (name: string): string => config.replace('  catalog:', `  ${name}:`);
  await world.write('one.yaml', named('one'));
  await world.write(
    'two.json',
    JSON.stringify({ endpoints: { two: { url: 'https://api.test/', auth: { type: 'none' } } } }),
  );
  const endpointsOf = async (args: readonly string[]): Promise<string> =>
    (await world.run(['api', 'x', product, ...args])).stderr.replace(/.* are (\w+).*/s, '$1');

  const here = await endpointsOf([]);
  world.env['GQL_CONFIG'] = 'two.json';
  const byVariable = await endpointsOf([]);
  const byName = await endpointsOf(['--config', 'one.yaml']);

  expect([here, byVariable, byName]).toEqual(['catalog', 'two', 'one']);
});

test('without a config it is said where one was looked for', async () => {
  await using world = await openWorld();
  await rm(world.path('gql.yaml'));

  const ended = await world.run(['auth', 'status']);

  await expect(ended.transcript).toMatchFileSnapshot(golden('no-config'));
});

test('the help tells what a variable may be, and what the exit codes mean', async () => {
  await using world = await openWorld();

  const gql = await world.run(['--help']);
  const api = await world.run(['api', '--help']);

  await expect(`${gql.transcript}\n${api.transcript}`).toMatchFileSnapshot(golden('help'));
});
