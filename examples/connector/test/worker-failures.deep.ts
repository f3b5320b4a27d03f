import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { postgres } from '../../../test/services.ts';
import { enqueue } from '../src/worker/enqueue.ts';
import { countRecords, createFleet, readOutput } from './worker-fleet.ts';
import type { Fleet } from './worker-fleet.ts';

const there = test.skipIf(!postgres.isThere);

/** A source that does not retry within a run. */
const hasty = { source: { retryLimit: 0 } };

/** Answers 500 from the 5th request on, until it returns the function that ends this. */
function breakAfterFourPages({ shop }: Fleet): () => void {
  const before = shop.api.requests;
  let isBroken = true;
  shop.api.onRequest((_request, response) => {
    if (!isBroken || shop.api.requests - before < 5) return undefined;
    response.writeHead(500).end('the disk of the shop is full');
    return true;
  });
  return () => {
    isBroken = false;
  };
}

there('an API that fails for ever fails the run with reason and remedy, and --resume continues', async () => {
  const fleet = await createFleet();
  await fleet.shop.pull();
  const mend = breakAfterFourPages(fleet);
  await fleet.startWorker(await fleet.document('shop', hasty), '--retries', '1');
  await using database = await fleet.open();
  await enqueue(database, 'shop');
  const [failed] = await fleet.settled(database, 1);
  const text = await fleet.run('status');

  mend();
  const before = fleet.shop.api.requests;
  const resumed = await fleet.run('enqueue', 'shop', '--resume');
  const [run] = await fleet.settled(database, 1);

  expect([failed?.state, failed?.attempts, failed?.pages, failed?.failure]).toEqual([
    'failed',
    3, // the first one pulled pages, so two more may end without one
    4,
    {
      code: 'EXTRACTION',
      reason: expect.stringContaining('orders, page 5: '),
      details: expect.arrayContaining([expect.stringContaining('the disk of the shop is full')]),
      remedy: 'Correct what the reason names, then: connector enqueue shop --resume',
    },
  ]);
  expect(text.stdout).toContain('connector enqueue shop --resume');
  expect(resumed.stdout).toContain('continues after 4 pages');
  expect([run?.id, run?.failure, fleet.shop.api.requests - before]).toEqual([failed?.id, null, 11]);
  expect(await readOutput(database, run)).toBe(fleet.shop.output());
});

there('a secret that is gone when the run begins fails it at once, and sends nothing', async () => {
  const fleet = await createFleet();
  const secret = fleet.shop.path('secret');
  await writeFile(secret, 'planted', { mode: 0o600 });
  const source = { oauth: { ...fleet.shop.source.oauth, clientSecretRef: `file:${secret}` } };
  const worker = await fleet.startWorker(await fleet.document('shop', { source }));
  await rm(secret);
  await using database = await fleet.open();

  await enqueue(database, 'shop');
  const [run] = await fleet.settled(database, 1);
  worker.kill('SIGTERM');

  expect([run?.state, run?.attempts, run?.failure?.code]).toEqual(['failed', 1, 'CONFIG']);
  expect(run?.failure?.reason).toContain(secret);
  expect([(await worker.ended).code, fleet.shop.api.requests]).toEqual([0, 0]);
});

there('a run whose workers die again and again before its first page fails', async () => {
  const fleet = await createFleet();
  const args = [await fleet.document('shop'), '--retries', '1'];
  const workers = [await fleet.startWorker(...args)];
  fleet.shop.api.onRequest(() => {
    workers.at(-1)?.kill('SIGKILL');
    workers.push(fleet.start('worker', ...fleet.quick, ...args));
    return undefined;
  });
  await using database = await fleet.open();

  await enqueue(database, 'shop');
  const [run] = await fleet.settled(database, 1);

  expect([run?.state, run?.attempts, run?.failure?.code]).toEqual(['failed', 3, 'WORKER_DIED']);
  expect(run?.failure?.remedy).toContain('connector enqueue shop --resume');
});

there('a new run after a failed one begins at the first page, and leaves the failed one as it is', async () => {
  const fleet = await createFleet();
  await fleet.shop.pull();
  const mend = breakAfterFourPages(fleet);
  await fleet.startWorker(await fleet.document('shop', hasty), '--retries', '0');
  await using database = await fleet.open();
  await enqueue(database, 'shop');
  const [failed] = await fleet.settled(database, 1);
  mend();

  await enqueue(database, 'shop');
  const [run, other] = await fleet.settled(database, 2);

  expect([run?.state, run?.pages, other]).toEqual(['succeeded', 15, failed]);
  expect(await readOutput(database, run)).toBe(fleet.shop.output());
  expect(await countRecords(database)).toBe(64 + (failed?.records ?? 0));
});

there('a run that did not fail cannot be resumed', async () => {
  const fleet = await createFleet();
  await fleet.startWorker(await fleet.document('shop'));
  await using database = await fleet.open();

  const never = await fleet.run('enqueue', 'shop', '--resume');
  await enqueue(database, 'shop');
  await fleet.settled(database, 1);
  const succeeded = await fleet.run('enqueue', 'shop', '--resume');

  for (const { code, stderr } of [never, succeeded]) {
    expect([code, stderr]).toEqual([2, expect.stringContaining('shop has no failed run to continue')]);
  }
});

there('records are stored as the API sent them: large numbers, repeated names, escaped characters', async () => {
  const fleet = await createFleet();
  const body = String.raw`[{"id":12345678901234567890.10,"text":"\u0000 \ud800 \" \\ 😀","deep":{"list":[null,true]}},7,"x"]`;
  fleet.shop.api.onRequest((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    return true;
  });
  const source = { resources: [{ name: 'all', path: 'all', paging: { type: 'none' } }] };
  await fleet.shop.describe(source);
  await fleet.shop.pull();
  await fleet.startWorker(await fleet.document('shop', { source }));
  await using database = await fleet.open();

  await enqueue(database, 'shop');
  const [run] = await fleet.settled(database, 1);

  expect([run?.state, run?.records]).toEqual(['succeeded', 3]);
  expect(await readOutput(database, run)).toBe(fleet.shop.output());
  expect(fleet.shop.output()).toContain('12345678901234567890.10');
});
