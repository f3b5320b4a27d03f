import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { previewResource } from '../src/preview-resource.ts';
import { apiEnv, createApi, range } from './api.ts';
import type { Api } from './api.ts';

const users = { name: 'users', path: 'users', records: '/items', paging: { type: 'page' } };
const orders = {
  name: 'orders',
  path: 'users/{id}/orders',
  paging: { type: 'none' },
  parent: { resource: 'users', values: { id: '/id' } },
};

const createShopApi = (): Promise<Api> =>
  createApi(({ url }) => ({
    body: url.pathname === '/users' ? { items: range(30, 7).map((id) => ({ id })) } : [{ of: url.pathname }],
  }));

test('a preview is the first page, and nothing is written', async () => {
  await using api = await createShopApi();
  const connector = await api.read({ resources: [users] });

  const preview = await previewResource(connector, { env: apiEnv, limit: 2 });

  expect(preview.unwrap()).toEqual({
    resource: 'users',
    url: `${api.url}/users?page=1`,
    records: ['{"id":7}', '{"id":8}'],
    pageRecords: 30,
    hasNext: true,
    warnings: [],
  });
  expect([api.requests.length, await readdir(api.path(''))]).toEqual([1, ['api.json']]);
});

test('a preview of a resource with a parent is of the first parent', async () => {
  await using api = await createShopApi();
  const connector = await api.read({ resources: [users, orders] });

  const preview = await previewResource(connector, { env: apiEnv, resource: 'orders' });

  expect(preview.unwrap()).toMatchObject({ records: ['{"of":"/users/7/orders"}'], hasNext: false });
});

test('a preview says what is wrong, with the answer and without secrets', async () => {
  await using api = await createApi(({ headers }) => ({ body: { data: [], you: headers.authorization } }));
  const connector = await api.read({ auth: { bearerTokenRef: 'env:API_TOKEN' }, resources: [users] });

  const preview = await previewResource(connector, { env: apiEnv });

  expect(preview.isErr() && [preview.error.message, preview.error.details]).toEqual([
    'users, page 1: no list of records at /items: there is no /items',
    ['answer: {"data":[],"you":"Bearer [REDACTED]"}'],
  ]);
});

test('a preview shows no secret of a query', async () => {
  await using api = await createShopApi();
  const connector = await api.read({ resources: [{ ...users, params: { api_key: 'planted-key-of-the-api' } }] });

  const preview = await previewResource(connector, { env: apiEnv });

  expect(preview.unwrap().url).not.toContain('planted-key');
});

test('a preview of an unknown resource names the known ones, and sends nothing', async () => {
  await using api = await createShopApi();
  const connector = await api.read({ resources: [users, orders] });

  const preview = await previewResource(connector, { env: apiEnv, resource: 'order' });

  expect(preview.isErr() && preview.error.message).toBe('There is no resource "order"; the source has users, orders');
  expect(api.requests).toEqual([]);
});

test('a preview ends with its signal', async () => {
  await using api = await createShopApi();
  const connector = await api.read({ resources: [users] });

  const preview = await previewResource(connector, { env: apiEnv, signal: AbortSignal.abort() });

  expect(preview.isErr() && preview.error.code).toBe('ABORTED');
});
