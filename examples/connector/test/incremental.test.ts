import { expect, test } from 'vitest';
import { isLater } from '../src/incremental.ts';
import { createApi } from './api.ts';
import type { Api } from './api.ts';
import { createImmediateClock } from './immediate-clock.ts';

interface Row {
  readonly id: number;
  readonly at: string | number | null;
}

/** An API with changes: those at and after `since`, two on a page, in any order. */
async function createLog(rows: Row[]): Promise<Api> {
  return createApi(({ url }) => {
    const since = url.searchParams.get('since') ?? '';
    const found = rows.filter(({ at }) => since === '' || (at !== null && String(at) >= since));
    const from = Number(url.searchParams.get('cursor') ?? 0);
    return { body: { items: found.slice(from, from + 2), next: from + 2 < found.length ? from + 2 : null } };
  });
}

const log = (more: object = {}, incremental: object = {}): object => ({
  resources: [
    {
      name: 'log',
      path: 'log',
      records: '/items',
      paging: { type: 'cursor', next: '/next' },
      incremental: { field: '/at', param: 'since', ...incremental },
      ...more,
    },
  ],
});

const ids = async (api: Api): Promise<readonly unknown[]> => (await api.records()).map((record) => (record as Row).id);
const sinces = (api: Api): readonly (string | null)[] => api.requests.map(({ url }) => url.searchParams.get('since'));

test('a run after a finished one pulls what has changed since, and adds it to the output', async () => {
  const rows: Row[] = [
    { id: 1, at: '2026-11-01T10:00:00Z' },
    { id: 2, at: '2026-11-03T10:00:00Z' },
    { id: 3, at: '2026-11-02T10:00:00Z' },
  ];
  await using api = await createLog(rows);
  await api.pull(log({ dedupe: true }), { clock: createImmediateClock() });
  rows.push({ id: 4, at: '2026-11-03T10:00:00Z' }, { id: 5, at: '2026-11-04T10:00:00Z' });

  const { error } = await api.pull();
  await api.pull();

  expect([error, await ids(api)]).toEqual([undefined, [1, 2, 3, 4, 5]]);
  expect(sinces(api)).toEqual([null, null, ...Array(2).fill('2026-11-03T10:00:00Z'), '2026-11-04T10:00:00Z']);
});

test('without dedupe, records at the start are written again', async () => {
  await using api = await createLog([{ id: 1, at: '2026-11-01' }]);
  await api.pull(log());

  await api.pull();

  expect(await ids(api)).toEqual([1, 1]);
});

test('a record that has changed is written again, also with dedupe', async () => {
  const rows: Row[] = [{ id: 1, at: '2026-11-01' }];
  await using api = await createLog(rows);
  await api.pull(log({ dedupe: true }));
  rows[0] = { id: 1, at: '2026-11-02' };

  await api.pull();

  expect(await api.records()).toEqual([
    { id: 1, at: '2026-11-01' },
    { id: 1, at: '2026-11-02' },
  ]);
});

test('dedupe holds within one run too: a record that has moved to the next page is written once', async () => {
  await using api = await createApi(({ url }) => ({
    body: { 1: ['a', 'b'], 2: ['b', 'c'], 3: [] }[url.searchParams.get('page') ?? ''],
  }));

  const { events } = await api.pull({
    resources: [{ name: 'all', path: 'all', dedupe: true, paging: { type: 'page' } }],
  });

  expect(await api.records()).toEqual(['a', 'b', 'c']);
  expect(events.flatMap((event) => (event.type === 'page' ? [[event.records, event.duplicates]] : []))).toEqual([
    [2, 0],
    [1, 1],
    [0, 0],
  ]);
});

test.each<[string, { at: string | number; lookBackS: number; expected: string }]>([
  ['times', { at: '2026-11-03T10:00:00Z', lookBackS: 3_600, expected: '2026-11-03T09:00:00Z' }],
  [
    'times with milliseconds and a zone',
    { at: '2026-11-03T10:00:00.250+02:00', lookBackS: 60, expected: '2026-11-03T07:59:00.250Z' },
  ],
  ['dates', { at: '2026-11-03', lookBackS: 86_400, expected: '2026-11-02T00:00:00Z' }],
  ['epoch seconds', { at: 1_762_163_000, lookBackS: 60, expected: '1762162940' }],
  ['epoch milliseconds', { at: 1_762_163_000_000, lookBackS: 60, expected: '1762162940000' }],
  ['numbers', { at: 400, lookBackS: 60, expected: '340' }],
])('the next run looks back from the latest change: %s', async (_what, { at, lookBackS, expected }) => {
  await using api = await createLog([{ id: 1, at }]);
  const source = log({}, { lookBackS });
  await api.pull(source);

  await api.pull(source);

  expect(sinces(api)).toEqual([null, expected]);
});

test('the look-back may change between runs, and the state survives', async () => {
  await using api = await createLog([{ id: 1, at: 400 }]);
  await api.pull(log());

  await api.pull(log({}, { lookBackS: 100 }));
  await api.pull(log({}, { lookBackS: 300 }));

  expect(sinces(api)).toEqual([null, '300', '100']);
});

test('the first pull begins at start, and value is what is sent', async () => {
  await using api = await createApi(() => ({ body: { items: [] } }));

  await api.pull(log({}, { start: '2026-01-01', value: 'at ge {since}', param: '$filter' }));

  expect(api.requests[0]?.url.searchParams.get('$filter')).toBe('at ge 2026-01-01');
});

test('a run that fails in the middle of changes keeps its start, and the latest change counts only at the end', async () => {
  const rows: Row[] = [{ id: 1, at: 100 }];
  await using api = await createLog(rows);
  await api.pull(log());
  rows.push({ id: 2, at: 300 }, { id: 3, at: 200 }, { id: 4, at: 150 });
  const [whole] = [api.requests.length];
  await using broken = await createLog(rows);
  expect(whole).toBe(1);
  await broken.pull(log());
  broken.answer(({ count }) =>
    count === 4 ? { status: 500 } : { body: { items: [{ id: count, at: 900 }], next: 'x' } },
  );

  const { error } = await broken.pull();
  broken.answer(() => ({ body: { items: [{ id: 9, at: 800 }] } }));
  await broken.pull();
  await broken.pull();

  expect(error?.message).toMatch(/^log, page 2: .* answered 500/);
  expect(sinces(broken)).toEqual([null, null, '300', '300', '300', '900']);
});

test('one record with a wrong year does not hide all later changes', async () => {
  await using api = await createLog([{ id: 1, at: '9999-12-31T00:00:00Z' }]);
  await api.pull(log(), { clock: createImmediateClock() });

  await api.pull();

  expect(sinces(api)).toEqual([null, '2026-11-06T12:00:00.000Z']);
});

test('a record whose field is null counts for nothing, and one without the field ends the run', async () => {
  const rows: Row[] = [
    { id: 1, at: 7 },
    { id: 2, at: null },
  ];
  await using api = await createLog(rows);

  const { error } = await api.pull(log());
  const wrong = await createLog(rows);
  const missing = await wrong.pull(log({}, { field: '/updated' }));
  await wrong[Symbol.asyncDispose]();

  expect([error, await ids(api)]).toEqual([undefined, [1, 2]]);
  expect(missing.error?.message).toBe('log, page 1: record 1 has no /updated, which incremental.field names');
});

test('other resources of the source are not pulled again', async () => {
  await using api = await createLog([{ id: 1, at: 7 }]);
  const { resources } = log() as { resources: object[] };
  const source = {
    resources: [{ name: 'once', path: 'once', records: '/items', paging: { type: 'none' } }, ...resources],
  };
  await api.pull(source);

  await api.pull(source);

  expect(api.requests.map(({ url }) => url.pathname)).toEqual(['/once', '/log', '/log']);
});

test.each([
  ['1.764321234567E9', '9.9E8', true],
  ['9.9e8', '1.764321234567e9', false],
  ['1e3', '1000', false],
  ['1000', '1e3', false],
  ['9007199254740993', '9007199254740992', true],
  ['10', '9', true],
])('%s is later than %s: %s, by the value of the number', (one, other, expected) => {
  expect(isLater(one, other)).toBe(expected);
});
