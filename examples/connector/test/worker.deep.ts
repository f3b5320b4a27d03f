import { expect, test } from 'vitest';
import { postgres } from '../../../test/services.ts';
import { enqueue, readStatus } from '../src/worker/index.ts';
import { countRecords, createFleet, cutConnections, readOutput } from './worker-fleet.ts';

const there = test.skipIf(!postgres.isThere);

there('a worker runs a connector from the queue, and the status describes the run', async () => {
  const fleet = await createFleet();
  await fleet.shop.pull();
  const worker = await fleet.startWorker(await fleet.document('shop'));

  const queued = await fleet.run('enqueue', 'shop');
  await worker.said('✓ shop');
  const text = await fleet.run('status');
  const { stdout } = await fleet.run('status', 'shop', '--json');
  const { runs, connectors, workers } = JSON.parse(stdout);
  await using database = await fleet.open();
  const serving = fleet.start('status', '--serve', '0');
  const line = await serving.said('until Ctrl-C');
  const served = await fetch(/http:\S+status/.exec(line)?.[0] ?? '');
  const body: unknown = await served.json();
  serving.kill('SIGINT');

  expect(await serving.ended).toMatchObject({ code: 0 });
  expect(body).toMatchObject({ connectors: { status: { runs: [{ connector: 'shop', state: 'succeeded' }] } } });
  expect([queued.code, queued.stdout]).toEqual([0, `✓ shop is queued: run ${runs[0].id}\n`]);
  expect(runs).toEqual([
    {
      id: expect.any(String),
      connector: 'shop',
      state: 'succeeded',
      cause: 'command',
      version: connectors[0].version,
      attempts: 1,
      records: 64,
      pages: 15,
      queuedAt: expect.any(String),
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
      durationMs: expect.any(Number),
      nextAttemptAt: null,
      worker: workers[0].name,
      output: 'database',
      failure: null,
    },
  ]);
  expect(connectors).toEqual([{ name: 'shop', version: expect.any(String), cron: null, timezone: null, nextAt: null }]);
  expect(workers).toEqual([expect.objectContaining({ isLive: true, versions: { shop: connectors[0].version } })]);
  expect([text.code, text.stdout]).toEqual([0, expect.stringContaining('✓ shop succeeded, 64 records in 15 pages')]);
  expect(await readOutput(database, runs[0])).toBe(fleet.shop.output());
});

there('SIGTERM finishes the page, saves the checkpoint, and another worker requests the next page', async () => {
  const fleet = await createFleet();
  await fleet.shop.pull();
  const document = await fleet.document('shop');
  const first = await fleet.startWorker(document);
  const before = fleet.shop.api.requests;
  fleet.shop.api.onRequest(() => {
    if (fleet.shop.api.requests - before === 5) first.kill('SIGTERM');
    return undefined;
  });
  await fleet.run('enqueue', 'shop');
  const { code, stderr } = await first.ended;
  await using database = await fleet.open();
  const [between] = (await readStatus(database)).runs;

  await fleet.startWorker(document);
  const [run] = await fleet.settled(database, 1);

  expect([code, stderr]).toEqual([0, expect.stringContaining('↩ shop')]);
  expect([between?.state, between?.failure, between?.worker]).toEqual(['queued', null, null]);
  expect([run?.state, run?.attempts, run?.records]).toEqual(['succeeded', 2, 64]);
  expect(fleet.shop.api.requests - before).toBe(15);
  expect(await readOutput(database, run)).toBe(fleet.shop.output());
});

there.for(['database', 'folder'] as const)(
  'a suspended worker whose run was taken over adds nothing when it goes on (%s)',
  async (target) => {
    const fleet = await createFleet();
    await fleet.shop.pull();
    const args = [await fleet.document('shop'), ...(target === 'folder' ? ['--out', 'out'] : [])];
    const suspended = await fleet.startWorker(...args);
    const before = fleet.shop.api.requests;
    fleet.shop.api.onRequest(() => {
      if (fleet.shop.api.requests - before === 5) suspended.kill('SIGSTOP');
      return undefined;
    });
    await fleet.run('enqueue', 'shop');
    await suspended.said('▶ shop');
    await fleet.startWorker(...args);
    await using database = await fleet.open();
    const [run] = await fleet.settled(database, 1);

    suspended.kill('SIGCONT');
    await suspended.said('took the run over');
    suspended.kill('SIGTERM');
    const { code } = await suspended.ended;

    const [after] = (await readStatus(database)).runs;
    expect([code, run?.state, run?.attempts, after]).toEqual([0, 'succeeded', 2, run]);
    expect(await readOutput(database, run)).toBe(fleet.shop.output());
    expect(await countRecords(database)).toBe(target === 'folder' ? 0 : 64);
  },
);

there('a connector that waits or runs is not queued a second time', async () => {
  const fleet = await createFleet();
  const worker = await fleet.startWorker(await fleet.document('shop'));
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  fleet.shop.api.onRequest((_request, response) => {
    arrived.resolve();
    void held.promise.then(() => response.writeHead(404).end());
    return true;
  });
  const first = await fleet.run('enqueue', 'shop');
  await arrived.promise;

  const second = await fleet.run('enqueue', 'shop');
  const [, run] = / run (\S+)\n/.exec(first.stdout) ?? [];
  held.resolve();
  await worker.said('✗ shop');

  expect([second.code, second.stdout]).toEqual([0, `• shop waits or runs already: run ${run}\n`]);
});

there('connections to the database that are cut during a run cost nothing', async () => {
  const fleet = await createFleet();
  await fleet.shop.pull();
  await fleet.startWorker(await fleet.document('shop'));
  await using database = await fleet.open();
  const before = fleet.shop.api.requests;
  fleet.shop.api.onRequest((_request, response) => {
    const count = fleet.shop.api.requests - before;
    if (count % 5 !== 0 || count > 15) return undefined;
    void cutConnections(database).then(() => response.destroy());
    return true;
  });

  await enqueue(database, 'shop');
  const [run] = await fleet.settled(database, 1);

  expect([run?.state, run?.records, run?.pages]).toEqual(['succeeded', 64, 15]);
  expect(await readOutput(database, run)).toBe(fleet.shop.output());
});
