import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { loadConfig } from '../../src/load-config.ts';
import { relativeMessage, temporaryFolder } from '../folder.ts';

const env = { DEV_SECRET: 'dev-s3cret', PROD_SECRET: 'prod-s3cret' };

const example = `context: dev
clients:
  orders:
    baseUrl: https://orders.dev.internal
    timeout: 5000
    retry: { limit: 1, statusCodes: [503] }
    auth:
      type: oauth2_client_credentials
      issuerUrl: https://id.dev.internal
      clientId: billing
      clientSecretRef: env:DEV_SECRET
      scopes: [orders.read, orders.write]
contexts:
  dev: {}
  prod:
    clients:
      orders:
        baseUrl: https://orders.internal
        retry: { limit: 4 }
        auth: { issuerUrl: https://id.internal, clientSecretRef: env:PROD_SECRET, scopes: [orders.read] }
      stock: { baseUrl: https://stock.internal, auth: { type: none } }
  static:
    clients:
      orders:
        auth: { type: bearer, tokenRef: env:PROD_SECRET }
`;

async function load(text: string, context?: string) {
  using folder = temporaryFolder();
  const read = await loadConfig(folder.write('bearings.yaml', text), { env, context });
  return read.isErr() ? { message: relativeMessage(read.error, folder) } : read.value;
}

test('a context replaces single fields, whole lists, and an auth of another type', async () => {
  const prod = await load(example, 'prod');
  const fixed = await load(example, 'static');

  expect(prod).toMatchObject({
    clients: {
      orders: {
        baseUrl: 'https://orders.internal',
        timeout: 5000,
        retry: { limit: 4, statusCodes: [503] },
        auth: { issuerUrl: 'https://id.internal', clientId: 'billing', scopes: ['orders.read'] },
      },
      stock: { baseUrl: 'https://stock.internal' },
    },
  });
  expect(fixed).toMatchObject({
    clients: {
      orders: { baseUrl: 'https://orders.dev.internal', auth: { type: 'bearer', tokenRef: 'env:PROD_SECRET' } },
    },
  });
  expect(fixed).not.toHaveProperty('clients.orders.auth.clientId');
});

test('without a name the context of the file is used, and without that none', async () => {
  const withDefault = await load(example.replace('context: dev', 'context: prod'));
  const withNone = await load(example.replace('context: dev\n', ''));

  expect(withDefault).toHaveProperty('clients.orders.baseUrl', 'https://orders.internal');
  expect(withNone).toHaveProperty('clients.orders.baseUrl', 'https://orders.dev.internal');
});

test.for([
  ['an unknown name', example, 'prd', 'bearings.yaml:13:1  contexts has no "prd". Did you mean prod?'],
  ['a name without contexts', 'clients: {}\n', 'prod', 'contexts has no "prod": the file has no contexts'],
  [
    'an unknown name in the file',
    example.replace('context: dev', 'context: test'),
    undefined,
    'bearings.yaml:1:1  context names a context that does not exist: the contexts are dev, prod, static',
  ],
  [
    'a wrong value in the context',
    example.replace('https://orders.internal', 'http://orders.internal'),
    'prod',
    'bearings.yaml:18:9  contexts.prod.clients.orders.baseUrl is http beyond loopback',
  ],
  [
    'a secret of the context that does not exist',
    example.replaceAll('PROD_SECRET', 'OTHER'),
    'prod',
    'contexts.prod.clients.orders.auth.clientSecretRef names the environment variable OTHER, which is not set',
  ],
  [
    'a field that a new client of the context lacks',
    example.replace('stock: { baseUrl: https://stock.internal, auth', 'stock: { auth'),
    'prod',
    'contexts.prod.clients.stock.baseUrl is missing',
  ],
  [
    'a misspelt field of a context that is not in use',
    example.replace('retry: { limit: 4 }', 'retries: { limit: 4 }'),
    'dev',
    'contexts.prod.clients.orders.retries is not a field here. Did you mean retry?',
  ],
] as const)('%s is reported where it is written', async ([, text, context, message]) => {
  const error = await load(text, context);

  expect(error).toEqual({ message: expect.stringMatching(/^.* has a problem\n.*$/) });
  expect(error).toHaveProperty('message', expect.stringContaining(message));
});

test('a secret of a context that is not in use need not exist', async () => {
  expect(await load(example.replaceAll('PROD_SECRET', 'OTHER'), 'dev')).toHaveProperty('clients.orders');
});

test('a context without a group is refused', async () => {
  expect(await load(example.replace('  dev: {}', '  dev: 7'), 'prod')).toHaveProperty(
    'message',
    expect.stringContaining('contexts.dev is'),
  );
  expect(await load(example.replace('  dev: {}', '  dev:'), 'dev')).toHaveProperty(
    'message',
    expect.stringContaining('contexts.dev is'),
  );
});
