import { expect, test } from 'vitest';
import { postgres } from '../../../test/services.ts';
import { createApi } from './api.ts';
import { createFleet, readOutput } from './worker-fleet.ts';
import type { Fleet } from './worker-fleet.ts';
import { enqueue } from '../src/worker/enqueue.ts';
import type { Database } from '../src/worker/open-database.ts';

const there = test.skipIf(!postgres.isThere);

/** The ids of the latest run's records. */
async function pullIds(fleet: Fleet, database: Database, runs: number): Promise<readonly unknown[]> {
  await enqueue(database, 'shop');
  const [run] = await fleet.settled(database, runs);
  const lines = (await readOutput(database, run)).split('\n').slice(0, -1);
  return [run?.state, ...lines.map((line) => `${JSON.parse(line).resource} ${JSON.parse(line).record.id}`)];
}

there.for(['database', 'folder'] as const)(
  'the next run pulls what has changed since the last one, and lists without changes completely (%s)',
  async (target) => {
    const fleet = await createFleet();
    const rows = [
      { id: 1, at: '2026-11-01T10:00:00Z' },
      { id: 2, at: '2026-11-02T10:00:00Z' },
    ];
    await using api = await createApi(({ url }) => {
      const since = url.searchParams.get('since') ?? '';
      return { body: url.pathname === '/log' ? rows.filter(({ at }) => at >= since) : [{ id: 'a' }] };
    });
    const incremental = { field: '/at', param: 'since' };
    const source = {
      url: api.url,
      oauth: undefined,
      resources: [
        { name: 'log', path: 'log', paging: { type: 'none' }, incremental, dedupe: true },
        { name: 'all', path: 'all', paging: { type: 'none' }, dedupe: true },
      ],
    };
    const document = await fleet.document('shop', { source });
    await fleet.startWorker(document, ...(target === 'folder' ? ['--out', 'out'] : []));
    await using database = await fleet.open();

    const first = await pullIds(fleet, database, 1);
    rows.push({ id: 3, at: '2026-11-03T10:00:00Z' });
    const second = await pullIds(fleet, database, 2);
    const third = await pullIds(fleet, database, 3);

    // a file has only the records of its own run, so the record at the start of the changes is in the next file too
    const [atStart, again] = target === 'folder' ? [['log 2'], ['log 3']] : [[], []];
    expect(first).toEqual(['succeeded', 'log 1', 'log 2', 'all a']);
    expect(second).toEqual(['succeeded', ...atStart, 'log 3', 'all a']);
    expect(third).toEqual(['succeeded', ...again, 'all a']);
  },
);

there(
  'records with parents are in the database as a file has them, also with names and values that look like a line',
  async () => {
    const fleet = await createFleet();
    const ids = ['1', '"},"record":', '}', '/../x'];
    await using api = await createApi(({ url }) => ({
      body:
        url.pathname === '/users' ? ids.map((id) => ({ id, n: 1 })) : [{ of: url.pathname, big: '},"record":{"a":1}' }],
    }));
    const source = {
      url: api.url,
      oauth: undefined,
      resources: [
        { name: 'users', path: 'users', paging: { type: 'none' } },
        {
          name: 'orders',
          path: 'users/{record}/orders',
          paging: { type: 'none' },
          dedupe: true,
          parent: { resource: 'users', values: { record: '/id', n: '/n' } },
        },
      ],
    };
    const document = await fleet.document('shop', { source });
    await fleet.startWorker(document);
    await using database = await fleet.open();

    await enqueue(database, 'shop');
    const [run] = await fleet.settled(database, 1);
    const { error } = await api.pull(source);

    expect([run?.state, error]).toEqual(['succeeded', undefined]);
    const lines = (await readOutput(database, run)).split('\n').slice(0, -1);
    expect(lines.map((line) => JSON.parse(line))).toEqual(await api.lines());
  },
);
