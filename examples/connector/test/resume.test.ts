import { expect, test } from 'vitest';
import { createApi } from './api.ts';
import type { Api, ApiAnswer, ApiRequest } from './api.ts';

/** A list of six records with a cursor; a server that was restarted knows no cursor of the time before. */
function createForgetfulApi(status = 410): Promise<Api> {
  let epoch = 1;
  const answer = ({ url, count }: ApiRequest): ApiAnswer => {
    if (count === 3) epoch = 2;
    if (count === 3) return { status: 500 };
    const [of = String(epoch), from = '0'] = url.searchParams.get('cursor')?.split('-') ?? [];
    if (Number(of) !== epoch) return { status, body: { error: 'cursor expired' } };
    const next = Number(from) + 2;
    const items = [1, 2, 3, 4, 5, 6].slice(Number(from), next);
    return { body: { items, next: next < 6 ? `${epoch}-${next}` : null } };
  };
  return createApi(answer);
}

const list = (more: object = {}): object => ({
  resources: [
    { name: 'all', path: 'all', records: '/items', paging: { type: 'cursor', next: '/next' }, ...more },
    { name: 'after', path: 'all', records: '/items', paging: { type: 'none' } },
  ],
});

test.each([410, 400, 404, 422])(
  'a cursor that is dead (%i) ends the run with what to do, and not with "run the same command"',
  async (status) => {
    await using api = await createForgetfulApi(status);
    await api.pull(list());

    const { error } = await api.pull(list());

    expect([error?.code, error?.details]).toEqual([
      'EXTRACTION',
      [
        'answer: {"error":"cursor expired"}',
        'The API no longer knows where this list was left. Set expiredCursor: restart at all, to pull the list again; what is in the output is not written twice',
        'kept: 4 records of 2 pages',
      ],
    ]);
  },
);

test('with expiredCursor: restart, the list is pulled again, nothing is written twice, and the next one is reached', async () => {
  await using api = await createForgetfulApi();
  await api.pull(list());

  const { error, warnings } = await api.pull(list({ expiredCursor: 'restart' }));

  expect([error, await api.records()]).toEqual([undefined, [1, 2, 3, 4, 5, 6, 1, 2]]);
  expect(warnings[0]).toMatch(/^all, page 3: .* answered 410.*\. The list is pulled from its first page again$/);
});

test('a restarted list that is interrupted still writes nothing twice', async () => {
  await using api = await createForgetfulApi();
  await api.pull(list());
  let count = 0;
  const answer = ({ url }: ApiRequest): ApiAnswer => {
    count += 1;
    if (count === 1) return { status: 410 };
    if (count === 3) return { status: 500 };
    const from = Number(url.searchParams.get('cursor') ?? 0);
    return { body: { items: [1, 2, 3, 4, 5, 6].slice(from, from + 2), next: from < 4 ? from + 2 : null } };
  };
  api.answer(answer);

  const broken = await api.pull(list({ expiredCursor: 'restart' }));
  const { error } = await api.pull(list({ expiredCursor: 'restart' }));

  expect(broken.error?.message).toMatch(/^all, page 2: .* answered 500/);
  expect([error, await api.records()]).toEqual([undefined, [1, 2, 3, 4, 5, 6, 1, 2]]);
});

test('a cursor that dies again and again ends the run', async () => {
  await using api = await createApi(({ url }) =>
    url.searchParams.has('cursor') ? { status: 410 } : { body: { items: [1], next: 'c' } },
  );

  const { error } = await api.pull(list({ expiredCursor: 'restart' }));

  expect([error?.details[0], error?.continuation, api.requests.length]).toEqual([
    'The list was pulled again from its first page, and its cursor has expired again',
    'fails',
    4,
  ]);
});

test('a 404 of a page that was reached in this run is a failure of the API, and not a dead cursor', async () => {
  await using api = await createApi(({ count }) =>
    count === 2 ? { status: 404 } : { body: { items: [count], next: `c${count}` } },
  );

  const { error } = await api.pull(list({ expiredCursor: 'restart' }));

  expect([error?.message, error?.details]).toEqual([
    expect.stringMatching(/^all, page 2: .* answered 404/),
    ['kept: 1 records of 1 pages; the same command requests this page again'],
  ]);
});

test('before the first page is written, the file may be corrected without deleting anything', async () => {
  await using api = await createApi(() => ({ body: { items: [1] } }));
  const source = (records: string): object => ({
    resources: [{ name: 'all', path: 'all', records, paging: { type: 'none' } }],
  });
  const wrong = await api.pull(source('/item'));

  const { error } = await api.pull(source('/items'));

  expect(wrong.error?.message).toBe('all, page 1: no list of records at /item: there is no /item');
  expect([error, await api.records()]).toEqual([undefined, [1]]);
});
