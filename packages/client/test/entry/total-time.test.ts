import { virtualClock } from '@bearings/testing';
import type { Options } from 'ky';
import { expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import { caught } from '../caught.ts';
import { ok, scriptedFetch, status } from '../scripted.ts';
import type { Answer } from '../scripted.ts';

const url = 'https://api.test/path?key=secret';
const never = (): Promise<never> => new Promise(() => {});
const pending = { '~standard': { version: 1, vendor: 'test', validate: never } } as const;
const json: Answer = () => Response.json({ a: 1 });

/** What is done for a call outside the stages, and never ends. */
const steps: readonly (readonly [
  string,
  { phase: string; attempts: number; run: (api: Client) => Promise<unknown> },
])[] = [
  ['a beforeRequest hook', { phase: 'hook', attempts: 0, run: hooked({ beforeRequest: [never] }) }],
  ['an afterResponse hook', { phase: 'hook', attempts: 1, run: hooked({ afterResponse: [never] }) }],
  ['parseJson', { phase: 'parse', attempts: 1, run: (api) => api.get(url, { parseJson: never }).json() }],
  [
    'parseJson of an awaited response',
    { phase: 'parse', attempts: 1, run: async (api) => (await api.get(url, { parseJson: never })).json() },
  ],
  ['a schema', { phase: 'parse', attempts: 1, run: (api) => api.get(url).json(pending) }],
  [
    'a schema of a call with hooks',
    { phase: 'parse', attempts: 1, run: (api) => api.get(url, { hooks: { afterResponse: [() => {}] } }).json(pending) },
  ],
];

function hooked(hooks: NonNullable<Options['hooks']>): (api: Client) => Promise<unknown> {
  return (api) => api.get(url, { hooks }).json();
}

test.each(steps)('%s that does not end is within totalTimeout', async (_, { run, phase, attempts }) => {
  const clock = virtualClock();
  const api = createClient({ fetch: scriptedFetch(json), clock, totalTimeout: 300, timeout: 200 });

  const failure = caught(() => run(api));
  await clock.advance(299);
  const waiting = clock.pending;
  await clock.advance(1);

  expect(waiting).toBeGreaterThan(0);
  expect(await failure).toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    origin: 'https://api.test',
    budgetMs: 300,
    phase,
    attempts,
  });
  expect(clock.pending).toBe(0);
});

test('the time of a hook counts: what follows has the rest of the total time', async () => {
  const clock = virtualClock();
  const held = Promise.withResolvers<void>();
  const network = scriptedFetch(() => never());
  const api = createClient({ fetch: network, clock });
  const hooks = { beforeRequest: [() => held.promise] };

  const failure = caught(() => api.get(url, { hooks, totalTimeout: 300 }));
  await clock.advance(200);
  held.resolve();
  await clock.advance(99);
  const waiting = clock.pending;
  await clock.advance(1);

  expect([waiting > 0, network.sent.length]).toEqual([true, 1]);
  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED', phase: 'attempt' });
});

test("the client's total time bounds hooks too, and without a limit they take what they take", async () => {
  const clock = virtualClock();
  const held = Promise.withResolvers<void>();
  const hooks = { beforeRequest: [() => held.promise] };
  const limited = createClient({ fetch: scriptedFetch(), clock, totalTimeout: 300, timeout: 100 });
  const free = createClient({ fetch: scriptedFetch(ok), clock });

  const failure = caught(() => limited.get(url, { hooks }));
  const answer = free.get(url, { hooks }).text();
  await clock.advance(1_000_000);
  held.resolve();

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  expect(await answer).toBe('ok');
});

test('parseJson that does not end for the body of an error ends the call at its deadline', async () => {
  const clock = virtualClock();
  const script = [status(404, { 'content-type': 'application/json' }, '{}')];
  const api = createClient({ fetch: scriptedFetch(...script), clock });

  const failure = caught(() => api.get(url, { parseJson: never, totalTimeout: 300 }));
  await clock.advance(300);

  expect(await failure).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
});

test('hooks see how many retries there were, also in the error', async () => {
  const seen: unknown[] = [];
  const network = scriptedFetch(status(503), status(503), ok, status(503), status(503), status(503));
  const api = createClient({ fetch: network, random: () => 0 }).extend({
    hooks: {
      beforeRequest: [({ retryCount }) => void seen.push(['before', retryCount])],
      afterResponse: [({ retryCount }) => void seen.push(['after', retryCount])],
      beforeError: [({ error, retryCount }) => (seen.push(['error', retryCount]), error)],
    },
  });

  await api.get(url);
  await caught(() => api.get(url));

  expect(seen).toEqual([
    ['before', 0],
    ['after', 2],
    ['before', 0],
    ['after', 2],
    ['error', 2],
  ]);
});

test('wrong retry options throw at once, on both paths, as with ky', () => {
  const api = createClient({ fetch: scriptedFetch() });
  const wrong = [-1, { limit: -1 }, { limit: 1.5 }, { methods: 'get' }, null] as const;

  for (const retry of wrong) {
    const given = { retry: retry as unknown as number };
    expect(() => void api.get(url, given)).toThrow(expect.objectContaining({ code: 'CONFIG' }));
    expect(() => void api.get(url, { ...given, hooks: {} })).toThrow(expect.objectContaining({ code: 'CONFIG' }));
  }
});
