import { createClient } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, combineFetch, virtualClock } from '@bearings/testing';
import { expect } from 'vitest';
import { amount } from '../amount.ts';
import { createIssuer, tokenConfig, minuteMs, resource } from './create-service.ts';
import { replay } from './replay.ts';
import { runFixture } from './run-fixture.ts';
import { seededRandom } from './seeded-random.ts';

replay('LC-008', async ({ hides }) => {
  const cycles = amount(10_000);
  const run = await runFixture('soak.ts', { node: ['--expose-gc'], args: [String(cycles)] });

  expect(run).toMatchObject({ exit: 0, stderr: '' });
  const { heapGrowth, mostSockets, ...left } = JSON.parse(run.stdout);
  expect(left).toEqual({ listeners: 0, pending: 0, timers: 0, sockets: 0 });
  expect(mostSockets).toBeGreaterThan(0);
  expect(mostSockets).toBeLessThan(10);
  expect(heapGrowth).toBeLessThan(Math.max(amount(2 * 2 ** 20), 2 ** 20));
  hides(run);
});

replay('LC-010', async ({ hides }) => {
  const { failures, faults: went, tokens, unauthorized } = await aDay(0.01);

  expect(failures).toEqual([]);
  expect(unauthorized).toBe(0);
  expect(went.token).toBeGreaterThan(2);
  expect(went.call).toBeGreaterThan(2);
  const expected = 1 + (24 * 60) / 2.5; // a token of five minutes is renewed after 2.5 minutes
  expect(tokens).toBeGreaterThanOrEqual(expected - went.token);
  expect(tokens).toBeLessThanOrEqual(expected + went.token);
  hides(failures);
});

interface Day {
  readonly tokens: number;
  readonly unauthorized: number;
  readonly faults: { readonly token: number; readonly call: number };
  /** The errors that callers received. */
  readonly failures: readonly unknown[];
}

/** A day of a service that makes a call every two minutes. This share of all requests fails. */
async function aDay(part: number): Promise<Day> {
  const clock = virtualClock();
  const issuer = createIssuer({ clock, tokenLifetimeMs: 5 * minuteMs });
  const api = fakeApi(issuer, undefined, { origin: resource, clock });
  const random = seededRandom(20_261_121);
  const network = combineFetch(issuer, api);
  const went = { token: 0, call: 0 };
  const fetch: typeof globalThis.fetch = async (input, init) => {
    if (random() >= part) return network(input, init);
    const url = new URL(input instanceof Request ? input.url : input);
    went[url.origin === issuer.origin ? 'token' : 'call'] += 1;
    return wrong(random(), init?.signal ?? undefined);
  };
  await using token = (await Token.create(tokenConfig(issuer, { clock, fetch }))).unwrap();
  const client = createClient({ baseUrl: resource, clock, fetch, random }, withBearerAuth(token));
  const failures: unknown[] = [];
  for (let minute = 0; minute < 24 * 60; minute += 2) {
    const call = noteFailure(() => client.get('orders').json(), failures);
    await clock.advance(2 * minuteMs);
    await call;
  }
  return { tokens: issuer.counts.token + went.token, unauthorized: api.counts.unauthorized, faults: went, failures };
}

/** No connection, a 503, or no response. */
function wrong(which: number, signal: AbortSignal | undefined): Promise<Response> {
  if (which < 0.4) return Promise.reject(new TypeError('fetch failed'));
  if (which < 0.8) return Promise.resolve(new Response(null, { status: 503 }));
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

async function noteFailure(act: () => Promise<unknown>, failures: unknown[]): Promise<void> {
  try {
    await act();
  } catch (thrown) {
    failures.push(thrown);
  }
}
