import { expect, test } from 'vitest';
import { createApi, range } from './api.ts';
import type { Api, ApiAnswer, ApiRequest } from './api.ts';

const orgs = { name: 'orgs', path: 'orgs', paging: { type: 'page' } };
const users = {
  name: 'users',
  path: 'orgs/{org}/users',
  paging: { type: 'page' },
  parent: { resource: 'orgs', values: { org: '/id' } },
};
const orders = {
  name: 'orders',
  path: 'orgs/{org}/users/{user}/orders',
  params: { of: 'user {user}', literal: '{other}' },
  paging: { type: 'page' },
  parent: { resource: 'users', values: { user: '/id' } },
};
const source = { resources: [orgs, users, orders] };

/** Two pages of each list: organisations o/1 to o/3, with two users each, with orders. */
function answer({ url }: ApiRequest): ApiAnswer {
  const page = Number(url.searchParams.get('page'));
  const parts = url.pathname.split('/').slice(1).map(decodeURIComponent);
  if (parts.length === 1)
    return { body: page === 1 ? [{ id: 'o/1' }, { id: 'o/2' }] : page === 2 ? [{ id: 'o/3' }] : [] };
  if (parts.length === 3) return { body: page > 2 ? [] : [{ id: `${parts[1]}-u${page}` }] };
  return {
    body:
      page > 1 ? [] : [{ of: parts[3], params: url.searchParams.get('of'), literal: url.searchParams.get('literal') }],
  };
}

const names = async (api: Api): Promise<readonly string[]> =>
  (await api.lines()).map(({ resource, parent }) => `${resource} ${JSON.stringify(parent ?? {})}`);

test('a resource is pulled for each record of its parent, and its lines name the parents', async () => {
  await using api = await createApi(answer);

  const { error } = await api.pull(source);

  expect([error, await names(api)]).toEqual([
    undefined,
    [
      'orgs {}',
      'orgs {}',
      ...['o/1', 'o/2', 'o/3'].flatMap((org) => [
        ...(org === 'o/3' ? ['orgs {}'] : []),
        ...range(2).flatMap((n) => [
          `users ${JSON.stringify({ org })}`,
          `orders ${JSON.stringify({ org, user: `${org}-u${n}` })}`,
        ]),
      ]),
    ],
  ]);
  expect(api.requests.find(({ url }) => url.pathname.endsWith('/orders'))?.url.pathname).toBe(
    '/orgs/o%2F1/users/o%2F1-u1/orders',
  );
  expect((await api.records()).at(-1)).toEqual({ of: 'o/3-u2', params: 'user o/3-u2', literal: '{other}' });
});

test('a run that fails at any request continues, and writes each record once and in the same order', async () => {
  await using whole = await createApi(answer);
  await whole.pull(source);
  await using api = await createApi(answer);
  for (let run = 0; run < 30; run += 1) {
    let count = 0;
    api.answer((request) => (++count === 2 ? { status: 400 } : answer(request)));
    await api.pull(source);
  }
  api.answer(answer);

  const { error } = await api.pull(source);

  expect([error, await names(api)]).toEqual([undefined, await names(whole)]);
  expect(await api.lines()).toEqual(await whole.lines());
});

test('with concurrency, the same records are written, in another order', async () => {
  await using whole = await createApi(answer);
  await whole.pull(source);
  await using api = await createApi(answer);

  const { error } = await api.pull({ ...source, concurrency: 4 });

  expect([error, (await names(api)).toSorted()]).toEqual([undefined, (await names(whole)).toSorted()]);
});

test('the plan in the checkpoint is never longer than a page of each level', async () => {
  await using api = await createApi(answer);
  const lengths: number[] = [];
  api.answer(async (request) => {
    if (request.count > 1) lengths.push(((await api.checkpoint())['todo'] as unknown[]).length);
    return answer(request);
  });

  await api.pull(source);

  expect(Math.max(...lengths)).toBeLessThanOrEqual(2 + 1 + 2);
});

test('a parent that is gone ends the run, or is skipped with a warning', async () => {
  const gone = (request: ApiRequest): ApiAnswer =>
    request.url.pathname === '/orgs/o%2F2/users' ? { status: 404 } : answer(request);
  await using strict = await createApi(gone);
  await using lenient = await createApi(gone);

  const { error } = await strict.pull({ resources: [orgs, users] });
  const skipped = await lenient.pull({
    resources: [orgs, { ...users, parent: { ...users.parent, notFound: 'skip' } }],
  });

  expect(error?.message).toMatch(/^users, org "o\/2", page 1: GET .* answered 404/);
  expect([skipped.error, skipped.warnings]).toEqual([
    undefined,
    ['users, org "o/2", page 1: 404: skipped, as parent.notFound says'],
  ]);
});

test.each([
  ['no id', {}, 'orgs, page 1: record 1 has no /id, so its own lists cannot be requested'],
  ['an object', { id: {} }, 'orgs, page 1: record 1 has an object at /id, so its own lists cannot be requested'],
  ['two dots', { id: '..' }, 'users, org "..", page 1: the value ".." of a parent record cannot be a part of a path'],
  ['nothing', { id: '' }, 'users, org "", page 1: the value "" of a parent record cannot be a part of a path'],
])('a parent record with %s ends the run before anything is sent for it', async (_what, org, expected) => {
  await using api = await createApi(({ url }) => ({ body: url.searchParams.get('page') === '1' ? [org] : [] }));

  const { error } = await api.pull({ resources: [orgs, users] });

  expect([error?.message, api.requests.length]).toEqual([expected, 1]);
});

test('a list of parents that starts again pulls their lists again, and writes nothing twice', async () => {
  let epoch = 1;
  const list = { name: 'orgs', path: 'orgs', records: '/items', paging: { type: 'cursor', next: '/next' } };
  const child = { ...users, paging: { type: 'none' } };
  const respond = ({ url }: ApiRequest): ApiAnswer => {
    if (url.pathname !== '/orgs') return { body: [{ of: url.pathname }] };
    const [of = String(epoch), from = '0'] = url.searchParams.get('cursor')?.split('-') ?? [];
    if (Number(of) !== epoch) return { status: 410 };
    const at = Number(from);
    return { body: { items: [{ id: `o${at}` }], next: at < 3 ? `${epoch}-${at + 1}` : null } };
  };
  await using api = await createApi((request) => (request.count === 5 ? { status: 500 } : respond(request)));
  const forgetful = { resources: [{ ...list, expiredCursor: 'restart' }, child] };
  await api.pull(forgetful);
  epoch = 2;

  const { error } = await api.pull(forgetful);

  const lines = (await api.lines()).map((line) => JSON.stringify(line));
  expect([error, lines.length, new Set(lines).size]).toEqual([undefined, 8, 8]);
});
