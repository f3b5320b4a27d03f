import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import type { Options } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import type { ClientOptions } from '../../src/client-options.ts';
import { caught } from '../caught.ts';
import { serve } from '../loopback.ts';
import { watchedServer } from './watched-server.ts';
import type { WatchedServer } from './watched-server.ts';

/** Reads every request and never answers. */
const silentServer = (): Promise<WatchedServer> => watchedServer(() => {});

/** On which connection a request came: the platform may open more than it uses. */
const connectionNumber = ({ seen }: WatchedServer, request: number): number => seen[request - 1]?.connection ?? 0;

interface Scene {
  readonly clock: VirtualClock;
  readonly server: WatchedServer;
  readonly api: Client;
}

function scene(server: WatchedServer, options: ClientOptions): Scene {
  const clock = virtualClock();
  return { clock, server, api: createClient({ baseUrl: server.origin, clock, random: () => 0, ...options }) };
}

type Budget = Pick<Options, 'retry' | 'timeout' | 'totalTimeout'>;

/** The entries, with and without a body. */
const entries: readonly (readonly [string, (api: Client, options: Budget) => Promise<unknown>])[] = [
  ['client.get', (api, options) => api.get('', options).text()],
  ['client.put', (api, options) => api.put('', { ...options, json: { order: 42 } }).text()],
  ['client.fetch', (api, options) => api.fetch('/', options)],
  ['client.fetch with a body', (api, options) => api.fetch('/', { ...options, method: 'POST', body: 'order 42' })],
];

test.each(entries.flatMap(([entry, call]) => [0, 2].map((retry) => [entry, retry, call] as const)))(
  '%s, retry %d: the total budget cuts the attempt that is under way, and the server sees it',
  async (_, retry, call) => {
    const { clock, server, api } = scene(await silentServer(), {});

    const failure = caught(() => call(api, { retry, timeout: false, totalTimeout: 1_000 }));
    await server.arrived(1);
    await clock.advance(1_000);
    await server.closed(1);

    expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', budgetMs: 1_000, attempts: 1, phase: 'attempt' });
    expect([server.seen.length, clock.pending]).toEqual([1, 0]);
  },
);

test('a total limit that is longer than an attempt ends the attempt that exceeds it', async () => {
  const { clock, server, api } = scene(await silentServer(), { timeout: 400, totalTimeout: 1_000 });

  const failure = caught(() => api.get(''));
  for (const attempt of [1, 2]) {
    await server.arrived(attempt);
    await clock.advance(400);
    await server.closed(connectionNumber(server, attempt));
  }
  await server.arrived(3);
  await clock.advance(199);
  expect(clock.pending).toBeGreaterThan(0);
  await clock.advance(1);
  await server.closed(connectionNumber(server, 3));

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempts: 3, phase: 'attempt' });
  expect([server.seen.length, clock.pending]).toEqual([3, 0]);
});

test("the client's total limit also ends an attempt with a longer limit of its own", async () => {
  const { clock, server, api } = scene(await silentServer(), { totalTimeout: 1_000, retry: 0 }); // timeout: 30 000

  const failure = caught(() => api.fetch('/'));
  await server.arrived(1);
  await clock.advance(1_000);
  await server.closed(1);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(clock.pending).toBe(0);
});

test('the limit of an attempt closes its connection, and the next attempt has another', async () => {
  const { clock, server, api } = scene(await silentServer(), { timeout: 300, retry: 1 });

  const failure = caught(() => api.get(''));
  await server.arrived(1);
  await clock.advance(300);
  await server.closed(1);
  await server.arrived(2);
  await clock.advance(300);
  await server.closed(connectionNumber(server, 2));

  expect(await failure).toMatchObject({ code: 'ATTEMPT_TIMEOUT', budgetMs: 300, retryable: true });
  expect(connectionNumber(server, 2)).not.toBe(1);
  expect(clock.pending).toBe(0);
});

test('the total limit covers all requests of a redirect chain', async () => {
  let asked = 0;
  const server = await watchedServer((_, response) => {
    if ((asked += 1) === 1) response.writeHead(307, { location: '/slow' }).end();
  });
  const { clock, api } = scene(server, { totalTimeout: 1_000, timeout: false });

  const failure = caught(() => api.get('', { retry: 0 }));
  await server.arrived(2);
  await clock.advance(1_000);
  await server.closed(connectionNumber(server, 2));

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(clock.pending).toBe(0);
});

test('a request whose body stops is cancelled too', async () => {
  const clock = virtualClock();
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const server = await serve((request) => {
    request.on('data', () => arrived.resolve());
    request.on('error', () => {}); // it is broken off
    request.socket.on('close', () => closed.resolve());
  });
  const api = createClient({ baseUrl: server.origin, clock, totalTimeout: 1_000, timeout: false });
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.enqueue(new Uint8Array(10)), // and nothing more comes
  });

  const failure = caught(() => api.fetch('/', { method: 'PUT', body, duplex: 'half' }));
  await arrived.promise;
  await clock.advance(1_000);
  await closed.promise;

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(clock.pending).toBe(0);
});

/** A server whose response begins and does not go on. */
const stalledServer = (status = 200): Promise<WatchedServer> =>
  watchedServer((_, response) => response.writeHead(status).write('beginning'));

test.each<[string, (api: Client) => Promise<unknown>]>([
  ['client.get', (api) => api.get('').text()],
  ['client.fetch', async (api) => (await api.fetch('/')).text()],
])('%s: a body that pauses for too long closes its connection', async (_, read) => {
  const { clock, server, api } = scene(await stalledServer(), { bodyTimeout: 500 });

  const failure = caught(() => read(api));
  await fireTimers(clock, [500]);
  await clock.advance(500);
  await server.closed(1);

  expect(await failure).toMatchObject({ code: 'BODY_TIMEOUT', budgetMs: 500 });
  expect([server.seen.length, clock.pending]).toEqual([1, 0]);
});

test('each chunk of a body starts the pause limit anew', async () => {
  const more = Promise.withResolvers<() => void>();
  const server = await watchedServer((_, response) => {
    response.write('one, ');
    more.resolve(() => response.end('two'));
  });
  const { clock, api } = scene(server, { bodyTimeout: 500 });

  const text = api.get('').text();
  await fireTimers(clock, [500]);
  await clock.advance(499);
  (await more.promise)();

  expect(await text).toBe('one, two');
  expect(clock.pending).toBe(0);
});

test('the total limit closes the connection of a body that is being read', async () => {
  const { clock, server, api } = scene(await stalledServer(), { totalTimeout: 1_000, bodyTimeout: false });

  const failure = caught(() => api.get('').text());
  await fireTimers(clock, [1_000]);
  await clock.advance(1_000);
  await server.closed(1);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', phase: 'body' });
  expect(clock.pending).toBe(0);
});

test('the total time limit closes the connection of an unread body', async () => {
  const { clock, server, api } = scene(await stalledServer(), { totalTimeout: 1_000 });

  const response = await api.fetch('/');
  await clock.advance(1_000);
  await server.closed(1);

  expect(await caught(() => response.text())).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(clock.pending).toBe(0);
});

const withHooks: Options = { hooks: { beforeError: [({ error }) => error] } };

test.each<[string, ClientOptions & { totalTimeout?: number }, number[]]>([
  ['bodyTimeout', { bodyTimeout: 500 }, [500, 10_000]],
  ['timeout', { bodyTimeout: false, timeout: 500 }, [500]],
  ['totalTimeout', { bodyTimeout: false, totalTimeout: 500 }, [500, 10_000]],
  ['10 s', { bodyTimeout: false }, [10_000]],
])('an error page that never ends is waited for no longer than %s', async (_, options, waits) => {
  for (const own of [{}, withHooks]) {
    const { clock, server, api } = scene(await stalledServer(404), options);

    const failure = caught(() => api.get('v1', own));
    await fireTimers(clock, waits);
    await clock.advance(waits[0] ?? 0);
    await server.closed(1);

    const ofStatus = { name: 'HTTPError', code: 'HTTP_STATUS', response: { status: 404 } };
    const ofDeadline = { code: 'DEADLINE_EXCEEDED', phase: 'body', budgetMs: 500 };
    expect(await failure).toMatchObject('totalTimeout' in options ? ofDeadline : ofStatus);
    expect(clock.pending).toBe(0);
  }
});

test("with the system's clock, a time limit closes a real connection", async () => {
  const server = await silentServer();
  const api = createClient({ baseUrl: server.origin, totalTimeout: 20, timeout: false, retry: 0 });

  const failure = caught(() => api.get(''));
  await server.arrived(1);
  await server.closed(1);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', budgetMs: 20 });
});

/** Lets the sockets have their turns until these are the timers that the client waits for. */
async function fireTimers(clock: VirtualClock, waits: readonly number[]): Promise<void> {
  while (clock.waits.join() !== waits.join()) await clock.settle();
}

test('a small body that does not arrive is given up with its connection', async () => {
  const server = await watchedServer((_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('some');
  });
  const { clock, api } = scene(server, { retry: 0 });
  const response = await api.fetch('/');

  const failure = caught(() => response.text());
  await clock.advance(30_000);

  expect(await failure).toMatchObject({ code: 'BODY_TIMEOUT' });
  await server.closed(connectionNumber(server, 1));
});
