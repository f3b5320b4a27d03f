import { getEventListeners } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createClient } from '../../src/client.ts';
import type { Client } from '../../src/client.ts';
import type { ClientOptions } from '../../src/client-options.ts';
import { layer } from '../../src/core/layer.ts';
import { wait } from '../../src/time/until-aborted.ts';
import { caught } from '../caught.ts';
import { watchedServer } from './watched-server.ts';
import type { WatchedServer } from './watched-server.ts';

/** A service often has one signal for all its calls: that it shuts down. Nothing may gather on it. */
const listenersOn = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

const warnings: string[] = [];
const warn = ({ name, message }: Error): void => void warnings.push(`${name}: ${message}`);
beforeEach(() => void process.on('warning', warn));
afterEach(async () => {
  await setImmediate(); // a warning comes a turn later than what it warns of
  process.off('warning', warn);
  expect(warnings.splice(0)).toEqual([]);
});

/** Answers as the path says. */
async function answering(): Promise<WatchedServer> {
  let busy = 0;
  return watchedServer(({ path }, response) => {
    if (path === '/hang') return;
    if (path === '/drip') response.write('drip');
    else if (path === '/later') response.writeHead(503, { 'retry-after': '10' }).end('later');
    else if (path === '/busy' && (busy += 1) % 2 === 1) response.writeHead(503).end('busy');
    else if (path === '/moved') response.writeHead(302, { location: '/ok' }).end('moved');
    else if (path === '/missing') response.writeHead(404).end('nothing here');
    else response.end('done');
  });
}

type Program = (api: Client, signal: AbortSignal) => Promise<unknown>;

const programs: Readonly<Record<string, Program>> = {
  'client.get': (api, signal) => api.get('ok', { signal }).text(),
  'client.get with hooks': (api, signal) => api.get('ok', { signal, hooks: { beforeRequest: [() => {}] } }).text(),
  'client.fetch': async (api, signal) => (await api.fetch('/ok', { signal })).text(),
  'client.post': (api, signal) => api.post('ok', { signal, json: { order: 42 } }).text(),
  'client.fetch with a stream': async (api, signal) => (await api.fetch('/ok', { signal, ...aStream() })).text(),
  'client.get, after a 503': (api, signal) => api.get('busy', { signal }).text(),
  'client.fetch, after a 503': async (api, signal) => (await api.fetch('/busy', { signal })).text(),
  'client.get, after a redirect': (api, signal) => api.get('moved', { signal }).text(),
  'client.fetch, after a redirect': async (api, signal) => (await api.fetch('/moved', { signal })).text(),
  'client.get, a 404': (api, signal) => caught(() => api.get('missing', { signal })),
  'client.fetch, a clone': async (api, signal) => (await api.fetch('/ok', { signal })).clone().text(),
  'client.fetch, a body that is cancelled': async (api, signal) => (await api.fetch('/ok', { signal })).body?.cancel(),
  'a call that is refused': (api, signal) => caught(() => api.fetch('http://elsewhere.test/', { signal })),
};
const cycle = Object.values(programs);
/** So many calls, of all kinds in turn. */
const mixed = (count: number): Program[] =>
  Array.from({ length: count }, () => cycle)
    .flat()
    .slice(0, count);

const aStream = (): RequestInit => ({ method: 'POST', body: new Blob(['streamed']).stream(), duplex: 'half' });

const limits: readonly (readonly [string, ClientOptions])[] = [
  ['with all time limits', { timeout: 20_000, bodyTimeout: 20_000, totalTimeout: 20_000 }],
  ['without a time limit', { timeout: false, bodyTimeout: false, totalTimeout: false }],
];
const impatient = { retry: { delay: () => 0, budget: false } } as const;

test.each(Object.entries(programs))('%s leaves no listener, with time limits and without', async (_, program) => {
  const server = await answering();
  const { signal } = new AbortController();
  const left: number[] = [];

  for (const [, options] of limits) {
    const api = createClient({ baseUrl: server.origin, ...impatient, ...options });
    for (let call = 0; call < 5; call += 1) {
      await program(api, signal);
      left.push(listenersOn(signal));
    }
  }

  expect(left).toEqual(Array(10).fill(0));
});

test.each(limits)('a hundred calls, one after the other, %s, leave no listener', async (_, options) => {
  const server = await answering();
  const api = createClient({ baseUrl: server.origin, ...impatient, ...options });
  const { signal } = new AbortController();
  let most = 0;

  for (const program of mixed(100)) {
    await program(api, signal);
    most = Math.max(most, listenersOn(signal));
  }

  expect(most).toBe(0);
});

test.each(limits)('two hundred calls at once, %s, leave no listener', async (_, options) => {
  const server = await answering();
  const api = createClient({
    baseUrl: server.origin,
    ...impatient,
    ...options,
    retry: { ...impatient.retry, limit: 99 },
  });
  const { signal } = new AbortController();

  await Promise.all(mixed(200).map((program) => program(api, signal)));

  expect(listenersOn(signal)).toBe(0);
});

test('while calls wait for an answer, each has one listener, and an abort ends them all', async () => {
  const server = await answering();
  const api = createClient({ baseUrl: server.origin, retry: 2, totalTimeout: 20_000 });
  const caller = new AbortController();
  const { signal } = caller;

  const calls = Array.from({ length: 200 }, () => caught(() => api.get('hang', { signal })));
  await server.arrived(200);
  const underWay = listenersOn(signal);
  caller.abort(new Error('shutting down'));
  const failures = await Promise.all(calls);

  expect(underWay).toBe(200);
  expect(new Set(failures)).toEqual(new Set([signal.reason]));
  expect(listenersOn(signal)).toBe(0);
});

test('an unread response leaves no listener and no connection when it is collected', async () => {
  const server = await answering();
  const api = createClient({ baseUrl: server.origin });
  const { signal } = new AbortController();

  for (let call = 0; call < 20; call += 1) await readStatus(api, signal);
  await collectUntil(() => listenersOn(signal) === 0);
  await Promise.all(server.seen.map(({ connection }) => server.closed(connection)));

  expect(listenersOn(signal)).toBe(0);
});

test('an abort still ends a call that was under way when garbage was collected', async () => {
  const server = await answering();
  const api = createClient({ baseUrl: server.origin });
  const caller = new AbortController();
  const { signal } = caller;
  const ended: unknown[] = [];

  const response = await api.fetch('/drip', { signal });
  const calls = [() => api.get('hang', { signal }), () => api.fetch('/hang', { signal }), () => response.text()];
  for (const call of calls) void (async () => ended.push(await caught(call)))();
  await server.arrived(3);
  await collectUntil(() => false);
  caller.abort(new Error('shutting down'));
  await collectUntil(() => ended.length === calls.length);

  expect(ended).toEqual(calls.map(() => signal.reason as Error));
  await Promise.all(server.seen.map(({ connection }) => server.closed(connection)));
});

test('an abort ends a stream that is read, also when its response has been collected', async () => {
  const server = await answering();
  const api = createClient({ baseUrl: server.origin });
  const caller = new AbortController();
  const reader = await openReader(api, caller.signal);
  await reader.read();

  await collectUntil(() => false);
  caller.abort(new Error('user left'));

  await expect(reader.read()).rejects.toThrow('user left');
});

/** A function of its own, so that no local variable holds the response afterwards. */
async function openReader(api: Client, signal: AbortSignal): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  const { body } = await api.fetch('/drip', { signal });
  if (body === null) throw new Error('/drip has a body');
  return body.getReader();
}

/** A function of its own, so that no local variable holds the response afterwards. */
async function readStatus(api: Client, signal: AbortSignal): Promise<number> {
  return (await api.fetch('/drip', { signal })).status;
}

/** Collects garbage a few times, until it has had the effect. */
async function collectUntil(hasHappened: () => boolean): Promise<void> {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 20 && !hasHappened(); round += 1) {
    collect();
    await setImmediate();
  }
}

test.each(limits)('an abort ends all that goes on, whatever it is, and closes its sockets: %s', async (_, options) => {
  const clock = virtualClock();
  const server = await answering();
  const api = createClient({ baseUrl: server.origin, clock, random: () => 0, ...options });
  const waiting = createClient({ baseUrl: server.origin, clock, concurrency: { limit: 1, queue: 9 }, ...options });
  const tokenless = createClient({ baseUrl: server.origin, clock, ...options }, forEver);
  const caller = new AbortController();
  const { signal } = caller;

  const response = await api.fetch('/drip', { signal });
  const calls = [
    () => response.text(),
    () => api.get('drip', { signal }).text(),
    () => api.get('hang', { signal }),
    () => api.put('hang', { signal, json: { order: 42 } }),
    () => api.fetch('/hang', { signal, ...aStream() }),
    () => api.fetch('/later', { signal }),
    () => waiting.get('hang', { signal }),
    () => waiting.get('hang', { signal }),
    () => tokenless.get('hang', { signal }),
  ].map(caught);
  await server.arrived(7);
  await everythingWaits(clock, { isLimited: options.totalTimeout !== false });
  caller.abort(new Error('shutting down'));

  expect(await Promise.all(calls)).toEqual(calls.map(() => signal.reason as Error));
  const held = server.seen.filter(({ path }) => path !== '/later');
  await Promise.all(held.map(({ connection }) => server.closed(connection)));
  expect([listenersOn(signal), clock.pending]).toEqual([0, 0]);
});

/** A layer that waits for a token for ever. */
const forEver = layer('auth', 'for ever', (_next, { clock }) => async (_request, { signal }) => {
  await wait(1_000_000, signal, clock);
  throw new Error('this wait should have been cancelled');
});

/** Until the retry is waited for, and the body that is read, where there is a limit. */
async function everythingWaits(clock: VirtualClock, { isLimited }: { isLimited: boolean }): Promise<void> {
  const reads = isLimited ? 2 : 0;
  while (!clock.waits.includes(10_000) || clock.waits.filter((ms) => ms === 20_000).length < reads) {
    await clock.settle();
  }
}
