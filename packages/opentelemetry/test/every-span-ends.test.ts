import { createClient } from '@bearings/client';
import { layer } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { array, assert, asyncProperty, boolean, constantFrom, nat, option, record } from 'fast-check';
import { expect, test } from 'vitest';
import { withTelemetry } from '../src/index.ts';
import { recorder } from './recorded.ts';

type Happening = (signal: AbortSignal, clock: VirtualClock) => Promise<Response>;

const answer =
  (status: number, location?: string): Happening =>
  async () =>
    new Response(null, { status, headers: location === undefined ? {} : { location } });

/** What may happen to a request on the wire. */
const happenings: Readonly<Record<string, Happening>> = {
  fine: answer(200),
  'not found': answer(404),
  later: answer(503),
  'to itself': answer(302, '/v1/orders'),
  'to elsewhere': answer(302, 'https://elsewhere.test/'),
  'to nowhere': answer(302, 'http://['),
  unreachable: () => Promise.reject(new TypeError('fetch failed')),
  'not even a promise': () => {
    throw new RangeError('broken');
  },
  slow: (_signal, clock) => new Promise((resolve) => clock.schedule(700, () => resolve(new Response()))),
  silent: (signal) =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true })),
  deaf: () => new Promise(() => {}),
};

/** A layer that replays once what comes back with 404, and may itself break. */
function meddler(isBroken: boolean): Layer {
  return layer('auth', 'meddler', (next) => async (request, call) => {
    const response = await next(request, call);
    if (isBroken) throw new Error('meddler');
    return response.status === 404 ? next(request, call) : response;
  });
}

const history = record({
  wire: array(constantFrom(...Object.keys(happenings)), { maxLength: 6 }),
  retry: nat(3),
  timeout: constantFrom<number | false>(500, false),
  totalTimeout: constantFrom<number | false>(1_200, false),
  abortAt: option(nat(2_000), { nil: undefined }),
  isBroken: boolean(),
});

test('whatever happens, every span that begins ends, each call is one point, and none is left under way', async () => {
  await assert(
    asyncProperty(history, async ({ wire, retry, timeout, totalTimeout, abortAt, isBroken }) => {
      const { options, spans, open, points } = recorder();
      const clock = virtualClock();
      const caller = new AbortController();
      const left = [...wire];
      let sent = 0;
      const fetch: typeof globalThis.fetch = (_input, init) => {
        sent += 1;
        const happening = happenings[left.shift() ?? 'fine'];
        if (happening === undefined || !init?.signal) throw new Error('no such happening');
        return happening(init.signal, clock);
      };
      const limits = { retry: { limit: retry, jitter: false, delay: () => 100 }, timeout, totalTimeout };
      const client = createClient(
        { baseUrl: 'https://api.test', clock, fetch, ...limits },
        meddler(isBroken),
        withTelemetry(options),
      );
      if (abortAt !== undefined) clock.schedule(abortAt, () => caller.abort());

      client.fetch('v1/orders', { signal: caller.signal }).catch(() => {}); // with a deaf network it may never settle
      await clock.advance(2_500);
      caller.abort();
      await clock.settle();

      const duration = await points('http.client.request.duration');
      const active = await points('http.client.active_requests');
      expect(open()).toBe(0);
      expect(duration.map(({ value }) => value)).toMatchObject([{ count: 1 }]);
      expect(active.map(({ value }) => value)).toEqual([0]);
      expect(spans()).toHaveLength(1 + sent);
    }),
    { numRuns: 60 },
  );
});
