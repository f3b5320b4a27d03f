import type { ServerResponse } from 'node:http';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { discard } from '../../src/body/discard.ts';
import { createClient } from '../../src/client.ts';
import type { ClientOptions } from '../../src/client-options.ts';
import { layer } from '../../src/core/layer.ts';
import { caught } from '../caught.ts';
import { answersRead } from './answers-read.ts';
import { watchedServer } from './watched-server.ts';
import type { WatchedServer } from './watched-server.ts';

const kib = 1024;
const drained = 64 * kib;

type Send = (response: ServerResponse) => unknown;
type Heading = Readonly<Record<string, string>>;

/** Answers the first request as the test says, and the second with "done". */
async function onceThenDone(first: Send): Promise<WatchedServer> {
  let asked = 0;
  return watchedServer((_, response) => ((asked += 1) === 1 ? first(response) : response.end('done')));
}

/** A layer that sends a request again after a 401, as one with a token does. */
const replaying = layer('auth', 'replaying', (next, { clock }) => async (request, call) => {
  const response = await next(request, call);
  if (response.status !== 401) return response;
  void discard(response, clock);
  return next(request, call);
});

/** The three cases in which a response is discarded and another request is sent. */
const places: readonly (readonly [string, number, Heading])[] = [
  ['a retry', 503, { 'retry-after': '1' }],
  ['a replay after a 401', 401, {}],
  ['a hop of a redirect', 307, { location: '/next' }],
];

function clientAt({ origin }: WatchedServer, clock: VirtualClock, options: ClientOptions = {}) {
  return createClient({ baseUrl: origin, clock, random: () => 0, ...options }, replaying);
}

test.each([
  ['no body at all', 0],
  ['a short body', 2 * kib],
  ['a body of 64 KiB', drained],
])('after a 503 with %s the next attempt goes over the same connection', async (_, length) => {
  const clock = virtualClock();
  const server = await onceThenDone((response) =>
    response.writeHead(503, { 'retry-after': '1' }).end(Buffer.alloc(length)),
  );
  const answers = answersRead(server.origin);

  const call = clientAt(server, clock).get('').text();
  await answers.reached(1);
  await clock.advance(1_000);

  expect(await call).toBe('done');
  expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1]);
  expect(clock.pending).toBe(0);
});

test('a short body that comes later than its head leaves the connection to the next attempt too', async () => {
  const clock = virtualClock();
  const headSent = Promise.withResolvers<ServerResponse>();
  const server = await onceThenDone((response) => {
    response.writeHead(503, { 'retry-after': '1' }).flushHeaders();
    headSent.resolve(response);
  });
  const answers = answersRead(server.origin);

  const call = clientAt(server, clock).get('').text();
  (await headSent.promise).write('a ');
  (await headSent.promise).end('body');
  await answers.reached(1);
  await clock.advance(1_000);

  expect(await call).toBe('done');
  expect(server.seen.map(({ connection }) => connection)).toEqual([1, 1]);
});

test.each(places)(
  'twenty responses discarded for %s take no more than a few connections',
  async (_, status, headers) => {
    let asked = 0;
    const server = await watchedServer((_arrival, response) => {
      asked += 1;
      if (asked % 2 === 0) response.end('done');
      else response.writeHead(status, { ...headers, 'retry-after': '0' }).end(Buffer.alloc(drained));
    });
    const api = createClient({ baseUrl: server.origin, retry: { delay: () => 0, budget: false } }, replaying);

    for (let call = 0; call < 20; call += 1) expect(await api.get('').text()).toBe('done');

    expect(server.seen).toHaveLength(40);
    expect(server.connections).toBeLessThanOrEqual(3); // a call may begin before the connection is known to be free
  },
);

const endless: readonly (readonly [string, Heading, (response: ServerResponse) => unknown])[] = [
  ['says that it is longer', { 'content-length': `${drained + 1}` }, (response) => response.flushHeaders()],
  ['goes on for longer', {}, (response) => response.write(Buffer.alloc(drained + kib))],
  ['comes with a length of far more', { 'content-length': `${1024 * kib}` }, (response) => response.write('begun')],
];

test.each(places.flatMap((place) => endless.map((body) => [place[0], body[0], { place, body }] as const)))(
  'discarded for %s, a body that %s than 64 KiB is cancelled at once, with its connection',
  async (_place, _body, { place: [, status, heading], body: [, length, begin] }) => {
    const clock = virtualClock();
    const server = await onceThenDone((response) => {
      response.writeHead(status, { ...heading, ...length });
      begin(response);
    });

    const call = clientAt(server, clock).get('').text();
    await server.closed(1);
    await clock.advance(1_000);

    expect(await call).toBe('done');
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, anotherOne]);
    expect(clock.pending).toBe(0);
  },
);

test.each(places)(
  'discarded for %s, a body that never ends is cancelled after a second',
  async (_, status, heading) => {
    const clock = virtualClock();
    const server = await onceThenDone((response) => response.writeHead(status, heading).write('drip'));

    const call = clientAt(server, clock, { timeout: false, retry: { delay: () => 5_000, afterStatusCodes: [] } })
      .get('')
      .text();
    await server.arrived(1);
    await waitingFor(clock, 1_000);
    await clock.advance(999);
    const before = server.openConnections;
    await clock.advance(1);
    await server.closed(1);
    await clock.advance(5_000);

    expect(before).toBeGreaterThan(0);
    expect(await call).toBe('done');
    expect(server.seen.map(({ connection }) => connection)).toEqual([1, anotherOne]);
    expect(clock.pending).toBe(0);
  },
);

test('a discarded body is not waited for: the next attempt is sent while it still arrives', async () => {
  const clock = virtualClock();
  const server = await onceThenDone((response) => response.writeHead(503, { 'retry-after': '0' }).write('drip'));

  const text = await clientAt(server, clock).get('').text();

  expect(text).toBe('done');
  expect(server.openConnections).toBe(2);
  await clock.advance(1_000);
  await server.closed(1);
  expect(clock.pending).toBe(0);
});

test('a 503 that says that it is longer than an answer may be is a 503 all the same, and tried again', async () => {
  const server = await onceThenDone((response) => response.writeHead(503, { 'content-length': '100' }).write('x'));

  const text = await clientAt(server, virtualClock(), { maxResponseBytes: 99, retry: { delay: () => 0 } })
    .get('')
    .text();

  expect(text).toBe('done');
});

test('an answer that says it is too large is not read, and its connection is closed', async () => {
  const clock = virtualClock();
  const server = await onceThenDone((response) => response.writeHead(200, { 'content-length': '100000' }).write('x'));

  const failure = await caught(() => clientAt(server, clock, { maxResponseBytes: 99_999 }).get(''));
  await server.closed(1);

  expect(failure).toMatchObject({ code: 'BODY_TOO_LARGE', limitBytes: 99_999 });
  expect(clock.pending).toBe(0);
});

test('an answer that becomes too large while it is read closes its connection', async () => {
  const clock = virtualClock();
  const server = await onceThenDone((response) => response.write(Buffer.alloc(200 * kib)));

  const failure = await caught(() =>
    clientAt(server, clock, { maxResponseBytes: 100 * kib })
      .get('')
      .text(),
  );
  await server.closed(1);

  expect(failure).toMatchObject({ code: 'BODY_TOO_LARGE', limitBytes: 100 * kib });
  expect(clock.pending).toBe(0);
});

/** The platform may open more connections than it uses. */
const anotherOne: unknown = expect.toSatisfy((connection: number) => connection > 1);

/** Lets the sockets have their turns until the client waits for so long. */
async function waitingFor(clock: VirtualClock, ms: number): Promise<void> {
  while (!clock.waits.includes(ms)) await clock.settle();
}
