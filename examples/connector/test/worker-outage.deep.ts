import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { postgres } from '../../../test/services.ts';
import { createFleet, readOutput } from './worker-fleet.ts';

const there = test.skipIf(!postgres.isThere);

/** A way to the database that can be interrupted. */
interface Route {
  readonly url: string;
  /** Cuts all connections, and refuses new ones. */
  cut(): void;
  mend(): void;
}

async function createRoute(): Promise<Route> {
  const target = new URL(postgres.url);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((socket) => {
    if (isCut) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const each of [socket, upstream]) sockets.add(each.on('error', () => each.destroy()));
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  onTestFinished(() => {
    cut();
    server.close();
  });
  const address = server.address();
  const url = new URL(postgres.url);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    cut,
    mend: () => {
      isCut = false;
    },
  };
}

there('a database that is away during a run fails the attempt, and the run goes on when it is back', async () => {
  const fleet = await createFleet();
  await fleet.shop.pull();
  const route = await createRoute();
  const worker = await fleet.at(route.url).startWorker(await fleet.document('shop'));
  const before = fleet.shop.api.requests;
  fleet.shop.api.onRequest(() => {
    if (fleet.shop.api.requests - before === 5) route.cut();
    return undefined;
  });
  await fleet.run('enqueue', 'shop');
  await worker.said('database: ');

  route.mend();
  await using database = await fleet.open();
  const [run] = await fleet.settled(database, 1);

  worker.kill('SIGTERM');
  expect([run?.state, run?.records, (await worker.ended).code]).toEqual(['succeeded', 64, 0]);
  expect(await readOutput(database, run)).toBe(fleet.shop.output());
});

there('a worker ends on SIGTERM although its database is away', async () => {
  const fleet = await createFleet();
  const route = await createRoute();
  const worker = await fleet.at(route.url).startWorker(await fleet.document('shop'), '--grace', '2');
  const before = fleet.shop.api.requests;
  fleet.shop.api.onRequest(() => {
    if (fleet.shop.api.requests - before === 5) route.cut();
    return undefined;
  });
  await fleet.run('enqueue', 'shop');
  await worker.said('database: ');

  worker.kill('SIGTERM');
  const { code, stderr } = await worker.ended;

  expect([code, stderr]).toEqual([0, expect.stringContaining('• SIGTERM')]);
});
