import { existsSync } from 'node:fs';
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConnector } from '../src/read-connector.ts';
import { createShop, startCommand } from './shop.ts';
import type { Outcome, Shop } from './shop.ts';

const command = (shop: Shop, args: readonly string[]): Promise<Outcome> => startCommand(shop.path(''), args).ended;

test('the connector of the README is valid', async () => {
  const shop = join(import.meta.dirname, '../connectors/shop.yaml');

  const read = await readConnector(shop, { SHOP_SECRET: 's3cr3t-of-the-shop' });

  expect(read.unwrap()).toMatchObject({ metadata: { name: 'shop' }, spec: { source: { mode: 'rest_pull' } } });
});

const bad = `kind: Conector
metadata:
  name: shop
spec:
  source:
    mode: rest_pull
    url: http://shop.internal
    headers:
      X-Tenant: "north\\nX-Evil: 1"
    oauth:
      grantType: password
      tokenUrl: https://id.internal/token
      clientID: connector
      clientSecret: hunter2-hunter2
      clientAuthMethod: client_secret_basic
      scopes: ['a b']
    resources:
      - name: orders
        path: https://elsewhere.example/orders
        paging: { type: links }
      - name: orders
        path: v1/orders
        records: items
        paging: { type: cursor }
    retries: 3
`;

test('lists all problems of a file with their lines, without the secret', async () => {
  await using shop = await createShop();
  await writeFile(shop.path('bad.yaml'), bad);

  const { code, stderr } = await command(shop, ['run', 'bad.yaml', '--out', 'out', '--state', 'state']);

  const problems = [...stderr.matchAll(/^ {2}bad\.yaml:(\d+:\d+) {2}(?:spec\.source\.)?(\S+)/gm)];
  expect(problems.map(([, place, field]) => `${place} ${field}`)).toEqual([
    '1:1 kind',
    '7:5 url',
    '9:7 headers.X-Tenant',
    '11:7 oauth.grantType',
    '13:7 oauth.clientID',
    '14:7 oauth.clientSecret',
    '16:16 oauth.scopes[0]',
    '19:9 resources[0].path',
    '20:19 resources[0].paging.type',
    '23:9 resources[1].records',
    '24:9 resources[1].paging.next',
    '25:5 retries',
  ]);
  expect(stderr).toContain('must be an https URL (http only to this machine), without user and password\n');
  expect(stderr).toContain('must be none, link, url, cursor, page or offset. Did you mean link?\n');
  expect(stderr).not.toContain('hunter2');
  expect([code, existsSync(shop.path('out')), existsSync(shop.path('state'))]).toEqual([2, false, false]);
});

test.each([
  [
    'a method without a secret',
    { clientAuthMethod: 'client_secret_post', clientSecretRef: undefined },
    'spec.source.oauth.clientSecretRef is missing: must be set, because clientAuthMethod needs a secret',
  ],
  [
    'a variable that is not set',
    { clientSecretRef: 'env:SHOP_SECERT' },
    'spec.source.oauth.clientSecretRef names the environment variable SHOP_SECERT, which is not set: set it, or correct the name',
  ],
  [
    'a secret in place of a reference',
    { clientSecretRef: 'hunter2-hunter2' },
    'spec.source.oauth.clientSecretRef is not a reference to a secret (its value is not shown): must be env:NAME or file:/path, because secrets do not belong in a config',
  ],
])('a file with %s is rejected', async (_what, changes, expected) => {
  await using shop = await createShop();
  await shop.describe({ oauth: { ...shop.source.oauth, ...changes } });

  const read = await readConnector(shop.path('shop.json'), { SHOP_SECRET: 'kept-by-the-shop' });

  expect(read.isErr() && read.error.message.split(/:\d+:\d+ {2}/).at(-1)).toBe(expected);
});

test('two resources with the same name are rejected', async () => {
  await using shop = await createShop();
  await shop.describe({ resources: [shop.source.resources[0], shop.source.resources[0]] });

  const read = await readConnector(shop.path('shop.json'), { SHOP_SECRET: 'kept-by-the-shop' });

  expect(read.isErr() && read.error.message).toMatch(/spec\.source\.resources is a list: must have unique names$/);
});

const list = { name: 'all', path: 'all', paging: { type: 'none' } };

test.each<[string, object, string]>([
  [
    'a body without POST',
    { body: { a: 1 } },
    'resources[0].body is a group of fields: must be left out, or method must be POST',
  ],
  [
    'a cursor in the body of a GET',
    { paging: { type: 'cursor', next: '/next', param: '/after' } },
    'resources[0].paging.param is text: must be a query parameter or header:Name, because a pointer into the body needs method: POST',
  ],
  [
    'a start in the body of a GET',
    { incremental: { field: '/at', param: '/since' } },
    'resources[0].incremental.param is text: must be a query parameter or header:Name, because a pointer into the body needs method: POST',
  ],
  [
    'a place that is none',
    { paging: { type: 'url', next: 'links/next' } },
    'resources[0].paging.next is text: must be a JSON pointer such as /meta/next, header:Name for a response header, or last:/id for the last record',
  ],
  [
    'a step by a size that is missing',
    { paging: { type: 'offset', step: 'size' } },
    'resources[0].paging.size is missing: must be set, because step: size needs it',
  ],
  [
    'a name in the path without a value',
    { path: 'users/{id}/orders' },
    'resources[0].path is text: must have only names that parent.values has, and {id} is none',
  ],
  [
    'an unknown parent',
    { parent: { resource: 'user', values: {} } },
    'resources[0].parent.resource is text: must be the name of another resource of this source',
  ],
  [
    'a parent of itself',
    { parent: { resource: 'all', values: {} } },
    'resources[0].parent.resource is text: must not be a parent of itself',
  ],
  [
    'two parents of each other',
    [
      { ...list, parent: { resource: 'b', values: {} } },
      { ...list, name: 'b', parent: { resource: 'all', values: {} } },
    ],
    'resources[0].parent.resource is text: must not be a parent of itself',
  ],
  [
    'changes of a resource with a parent',
    [
      list,
      { ...list, name: 'b', parent: { resource: 'all', values: {} }, incremental: { field: '/at', param: 'since' } },
    ],
    'resources[1].incremental is a group of fields: must not be set with parent: its records are pulled for each parent again',
  ],
  [
    'a value without its place',
    { incremental: { field: '/at', param: 'since', value: 'ge' } },
    'resources[0].incremental.value is text: must have {since}, where the start goes',
  ],
  ['a misspelt field', { dedup: true }, 'resources[0].dedup is not a field here. Did you mean dedupe?'],
])('a source with %s is rejected, and the field is named', async (_what, given, expected) => {
  await using shop = await createShop();
  const resources = Array.isArray(given) ? given : [{ ...list, ...given }];
  await shop.describe({ resources });

  const read = await readConnector(shop.path('shop.json'), { SHOP_SECRET: 'kept-by-the-shop' });

  expect(read.isErr() && read.error.message).toContain(`spec.source.${expected}`);
});

const usage = '    usage: node src/main.ts run <connector.yaml> --out <records.ndjson> --state <checkpoint.json>';

test.each([
  [['run'], '✗ A run needs a connector file, --out and --state'],
  [['run', 'shop.json', '--out', 'a', '--state', 'b', '--force'], "✗ Unknown option '--force'"],
  [['walk'], '✗ Unknown command "walk"'],
])('%j exits with 2 and prints the usage', async (args, expected) => {
  await using shop = await createShop();

  const { code, stderr } = await command(shop, args);

  const [first = '', ...others] = stderr.trimEnd().split('\n');
  expect([code, first.startsWith(expected), others]).toEqual([2, true, [usage]]);
});

test('a missing folder is named', async () => {
  await using shop = await createShop();
  await copyFile(shop.path('shop.json'), shop.path('copy.json'));

  const { code, stderr } = await command(shop, ['run', 'copy.json', '--out', 'a/out', '--state', 'b/state']);

  expect([code, stderr.trim()]).toEqual([
    2,
    expect.stringMatching(/^✗ shop: ENOENT: no such file or directory, open '.*'$/),
  ]);
});
