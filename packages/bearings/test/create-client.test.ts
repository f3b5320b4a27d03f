import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { layer } from '@bearings/client/layer';
import { virtualClock } from '@bearings/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '../src/index.ts';

/** A server that answers `/`, begins a body at `/body` and never ends it, and is silent at `/silent`. */
async function startServer() {
  const sockets = new Set<unknown>();
  const silent = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url === '/silent') silent.resolve();
    else if (request.url === '/body') response.write('begun');
    else response.end('{}');
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, sockets, silent: silent.promise };
}

test('the grace counts once, for response headers and bodies together', async () => {
  const { baseUrl, silent } = await startServer();
  const clock = virtualClock();
  const orders = createClient({ baseUrl, clock });
  const { body } = await orders.fetch('body');
  const reading = new Response(body).text().catch((error: unknown) => error);
  const waiting = orders.fetch('silent').catch((error: unknown) => error);
  await silent;

  const closing = orders.close({ graceMs: 1_000 });
  await clock.advance(1_000);
  await closing;

  expect(clock.monotonic()).toBe(1_000);
  expect(await waiting).toMatchObject({ code: 'CLIENT_CLOSED' });
  expect(await reading).toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('a second close with a shorter grace ends what the first one waits for', async () => {
  const { baseUrl, sockets } = await startServer();
  const clock = virtualClock();
  const orders = createClient({ baseUrl, clock });
  const { body } = await orders.fetch('body');
  const reading = new Response(body).text().catch((error: unknown) => error);

  const first = orders.close();
  await Promise.all([orders.close({ graceMs: 0 }), first]);

  expect(await reading).toMatchObject({ code: 'CLIENT_CLOSED' });
  await vi.waitFor(() => expect(sockets.size).toBe(0));
});

test.each([[null], [500], [{ gracems: 1 }], [{ graceMs: -1 }]])(
  'options of close that are %j are refused, and the client and its connections stay open',
  async (options) => {
    const { baseUrl, sockets } = await startServer();
    await using orders = createClient({ baseUrl });
    await orders.get('').text();

    await expect(orders.close(options as never)).rejects.toMatchObject({ code: 'CONFIG' });

    expect(await orders.get('').text()).toBe('{}');
    expect(sockets.size).toBeGreaterThan(0);
  },
);

test('connections are closed also when the end of the calls fails', async () => {
  const { baseUrl, sockets, silent } = await startServer();
  const machine = virtualClock();
  let isBroken = false;
  const clock = {
    ...machine,
    schedule(delayMs: number, action: () => void) {
      if (!isBroken) return machine.schedule(delayMs, action);
      isBroken = false;
      throw new Error('no timer');
    },
  };
  const orders = createClient({ baseUrl, clock });
  const waiting = orders.fetch('silent').catch((error: unknown) => error);
  await silent;

  isBroken = true;
  const closing = orders.close({ graceMs: 0 }).catch((error: unknown) => error);

  expect(await closing).toMatchObject({ message: 'no timer' });
  expect(await waiting).toMatchObject({ code: 'CLIENT_CLOSED' });
  await vi.waitFor(() => expect(sockets.size).toBe(0));
});

test('a client made by extend shares the connections: closing it leaves them to the client it was made from', async () => {
  const { baseUrl, sockets } = await startServer();
  const orders = createClient({ baseUrl });
  const extended = orders.extend({ headers: { 'x-team': 'billing' } });
  await extended.get('').text();

  await extended.close();
  expect(await orders.get('').text()).toBe('{}');
  expect(sockets.size).toBeGreaterThan(0);

  await orders.close();
  await vi.waitFor(() => expect(sockets.size).toBe(0));
});

test('the clock of the client is that of its connections, and a wrong one is refused', () => {
  const network = layer('transport', 'mine', () => async () => new Response());

  expect(() => createClient({ clock: 5 as never })).toThrow(expect.objectContaining({ field: 'clock' }));
  expect(() => createClient({ clock: 5 as never }, network)).toThrow(expect.objectContaining({ field: 'clock' }));
});
