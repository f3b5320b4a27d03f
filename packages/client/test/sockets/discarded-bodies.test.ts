import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { layer } from '../../src/core/layer.ts';
import { discard } from '../../src/body/discard.ts';
import { transports } from './transports.ts';
import { watchedServer } from './watched-server.ts';
import type { WatchedServer } from './watched-server.ts';

/** Answers the first request with a body that stalls after its beginning, and the second when `answer` is called. */
async function stalling(status: number): Promise<{ server: WatchedServer; answer: () => void }> {
  const held = Promise.withResolvers<void>();
  const server = await watchedServer(({ path }, response) => {
    if (path === '/' && server.seen.length === 1) {
      response.writeHead(status, { location: '/second' }).write('the beginning');
      return;
    }
    void held.promise.then(() => response.end('done'));
  });
  return { server, answer: held.resolve };
}

/** A layer that sends a rejected request again, as one with a credential does. */
const replay = layer('auth', 'replay', (next, { clock }) => async (request, call) => {
  const response = await next(request, call);
  if (response.status !== 401) return response;
  void discard(response, clock);
  return next(request, call);
});

const ways = [
  ['a retry', 503],
  ['a replay', 401],
  ['a redirect', 302],
] as const;

test.each(transports.flatMap(([over, create]) => ways.map((way) => [...way, over, create] as const)))(
  'the stalled body that %s discards (%d) does not end the call %s',
  async (...[, status, , create]) => {
    const clock = virtualClock();
    const { server, answer } = await stalling(status);
    const api = create({ baseUrl: server.origin, clock, random: () => 0, bodyTimeout: 300, timeout: 10_000 }, replay);

    const body = api.get('').text();
    await server.arrived(1);
    await clock.settle();
    while (server.seen.length < 2) await clock.advance(0);
    await clock.advance(500); // beyond bodyTimeout
    answer();

    expect(await body).toBe('done');
    expect(server.seen.length).toBe(2);
  },
);

test.each(transports)(
  'the stalled body of the response itself ends the call, and its connection closes %s',
  async (_, create) => {
    const clock = virtualClock();
    const { server } = await stalling(200);
    const api = create({ baseUrl: server.origin, clock, bodyTimeout: 300 });

    const failure = (await api.get('')).text().catch((error: unknown) => error);
    await clock.advance(300);

    expect(await failure).toMatchObject({ code: 'BODY_TIMEOUT' });
    await server.closed(1);
  },
);
