import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { postgres } from '../../../test/services.ts';
import { enqueue } from '../src/worker/enqueue.ts';
import { readStatus } from '../src/worker/status.ts';
import { createFleet } from './worker-fleet.ts';

const there = test.skipIf(!postgres.isThere);

const changed = { source: { timeoutMs: 29_000 } };

there('a worker with another version of a document than a live one does not start', async () => {
  const fleet = await createFleet();
  await fleet.startWorker(await fleet.document('shop'));

  const other = await fleet.run('worker', await fleet.document('shop', changed));
  const schedule = await fleet.run('schedule', 'shop.json');

  for (const { code, stderr } of [other, schedule]) {
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(
        /✗ shop: worker \S+ runs another version of the document\n.*version here: \w+; there: \w+\n.*--replace/,
      ),
    ]);
  }
});

there('of two workers that start at once with different documents, one ends', async () => {
  const fleet = await createFleet();
  const first = fleet.start('worker', await fleet.document('shop'));
  await first.said('takes runs of');
  first.kill('SIGTERM');
  await first.ended;
  await writeFile(
    fleet.shop.path('other.json'),
    await readFile(fleet.shop.path(await fleet.document('shop', changed))),
  );
  await fleet.document('shop');

  const both = ['shop.json', 'other.json'].map((file) => fleet.start('worker', file));
  const { code, stderr } = await Promise.race(both.map(({ ended }) => ended));

  expect([code, stderr]).toEqual([2, expect.stringContaining('runs another version of the document')]);
});

there('tables that a newer program has changed are left alone', async () => {
  const fleet = await createFleet();
  await using database = await fleet.open();
  await database.query(`INSERT INTO ${database.schema}.connector_version VALUES (99)`);

  const { code, stderr } = await fleet.run('worker', await fleet.document('shop'));

  expect([code, stderr]).toEqual([2, expect.stringMatching(/A newer program has changed the tables .*: version 99/)]);
  await database.query(`DELETE FROM ${database.schema}.connector_version WHERE version = 99`);
});

there('with --replace the new version runs what is queued, and the old worker leaves it alone', async () => {
  const fleet = await createFleet();
  const old = await fleet.startWorker(await fleet.document('shop'));
  const document = await fleet.document('shop', changed);
  const replacing = await fleet.startWorker(document, '--replace', '--concurrency', '1');
  await using database = await fleet.open();
  const { connectors } = await readStatus(database);

  await enqueue(database, 'shop');
  const [run] = await fleet.settled(database, 1);

  expect([run?.state, run?.attempts, run?.version]).toEqual(['succeeded', 1, connectors[0]?.version]);
  await replacing.said('✓ shop');
  old.kill('SIGTERM');
  const { stderr } = await old.ended;
  expect(stderr).not.toContain('▶ shop');
  expect(stderr.split('! shop: this worker does not have').length - 1).toBeLessThanOrEqual(1);
});

there('a worker leaves a connector that it does not have to one that has it', async () => {
  const fleet = await createFleet();
  const crm = await fleet.document('crm');
  const first = await fleet.startWorker(await fleet.document('shop'));
  await fleet.run('schedule', crm);
  await fleet.run('enqueue', 'crm');
  await first.said('! crm: this worker does not have its current document');
  await using database = await fleet.open();
  const [waiting] = (await readStatus(database, { connector: 'crm' })).runs;

  await fleet.startWorker(crm);
  const [run] = await fleet.settled(database, 1);

  expect([waiting?.state, waiting?.attempts]).toEqual(['queued', 0]);
  expect([run?.id, run?.state, run?.attempts, run?.records]).toEqual([waiting?.id, 'succeeded', 1, 64]);
});

there('a run is not continued with another source', async () => {
  const fleet = await createFleet();
  const first = await fleet.startWorker(await fleet.document('shop'));
  const before = fleet.shop.api.requests;
  fleet.shop.api.onRequest(() => {
    if (fleet.shop.api.requests - before === 3) first.kill('SIGTERM');
    return undefined;
  });
  await using database = await fleet.open();
  await enqueue(database, 'shop');
  await first.ended;

  const resources = fleet.shop.source.resources.slice(0, 1);
  await fleet.startWorker(await fleet.document('shop', { source: { resources } }));
  const [run] = await fleet.settled(database, 1);

  expect([run?.state, run?.pages, run?.failure?.code]).toEqual(['failed', 3, 'STATE']);
  expect(run?.failure?.details).toEqual(['connector enqueue shop, without --resume, begins a new run']);
});

there('a run that began in the database is not continued in a folder', async () => {
  const fleet = await createFleet();
  const document = await fleet.document('shop');
  const first = await fleet.startWorker(document);
  const before = fleet.shop.api.requests;
  fleet.shop.api.onRequest(() => {
    if (fleet.shop.api.requests - before === 3) first.kill('SIGTERM');
    return undefined;
  });
  await using database = await fleet.open();
  await enqueue(database, 'shop');
  await first.ended;

  await fleet.startWorker(document, '--out', 'out');
  const [run] = await fleet.settled(database, 1);

  expect([run?.state, run?.failure?.reason]).toEqual(['failed', 'the run began in the database']);
});

there('a schedule of the document queues runs by itself, and shows its next time', async () => {
  const fleet = await createFleet();
  const spec = { schedule: { cron: '* * * * *', timezone: 'Europe/Berlin' } };
  const document = await fleet.document('shop', { spec });
  await fleet.startWorker(document);
  await using database = await fleet.open();

  const [run] = await fleet.settled(database, 1);
  const shown = await fleet.run('status');
  const removed = await fleet.run('schedule', '--remove', 'shop');
  const { connectors } = await readStatus(database);

  expect([run?.state, run?.cause, run?.records]).toEqual(['succeeded', 'schedule', 64]);
  expect(shown.stdout).toMatch(
    /\nshop: \* \* \* \* \* \(Europe\/Berlin\), next at \d{4}-\d\d-\d\dT\d\d:\d\d:00\.000Z\n/,
  );
  expect([removed.code, removed.stdout]).toEqual([0, expect.stringContaining('shop: no schedule')]);
  expect(connectors[0]?.nextAt).toBeNull();
});

there('a document whose schedule is gone has no schedule after the next start', async () => {
  const fleet = await createFleet();
  const spec = { schedule: { cron: '0 3 1 1 *' } };
  const first = await fleet.startWorker(await fleet.document('shop', { spec }));
  await using database = await fleet.open();
  const before = (await readStatus(database)).connectors[0];
  first.kill('SIGTERM');
  await first.ended;

  await fleet.startWorker(await fleet.document('shop'));
  const after = (await readStatus(database)).connectors[0];

  expect([before?.cron, before?.timezone, before?.nextAt]).toEqual([
    '0 3 1 1 *',
    'UTC',
    expect.stringMatching(/-01-01T03:00:00/),
  ]);
  expect([after?.cron, after?.nextAt]).toEqual([null, null]);
});

there.for([
  ['61 3 * * *', 'got value 61 expected range 0-59'],
  ['0 0 30 2 *', 'Invalid explicit day of month definition'],
])('a cron expression that cannot be read ends the worker before it takes runs: %s', async ([cron, reason]) => {
  const fleet = await createFleet();

  const { code, stderr } = await fleet.run('worker', await fleet.document('shop', { spec: { schedule: { cron } } }));

  expect([code, stderr]).toEqual([2, expect.stringContaining(`✗ shop: spec.schedule.cron cannot be used: `)]);
  expect(stderr).toContain(reason);
});

there('a connector that no worker knows is refused with the names of those that are known', async () => {
  const fleet = await createFleet();
  const unused = await fleet.run('enqueue', 'shop');
  await fleet.startWorker(await fleet.document('shop'), await fleet.document('crm'));

  const outcomes = [
    await fleet.run('enqueue', 'shp'),
    await fleet.run('status', 'shp'),
    await fleet.run('schedule', '--remove', 'shp'),
  ];

  expect([unused.code, unused.stderr]).toEqual([2, expect.stringContaining('No worker has ever used the schema')]);
  for (const { code, stderr } of outcomes) {
    expect([code, stderr]).toEqual([
      2,
      '✗ No connector "shp" is registered in this database\n    registered: crm, shop',
    ]);
  }
});

there('a database that is not there ends a command with its name and the place of the URL', async () => {
  const fleet = await createFleet();
  const url = new URL(postgres.url);
  url.pathname = '/no_such_database';

  const { code, stderr } = await fleet.at(url.href).run('status');

  expect([code, stderr]).toEqual([2, expect.stringMatching(/has no database "no_such_database"\n.*env:DATABASE_URL/)]);
});
