import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { expect, test } from 'vitest';
import { amount } from '../../../../test/amount.ts';
import { withBearerAuth } from '../../src/layer/bearer.ts';
import type { TokenEvent } from '../../src/token/token-events.ts';
import { Token } from '../../src/token/token.ts';
import { randomFrom } from '../model/random-from.ts';
import { fitting, fittingCodes, holdings, soakServers } from './soak.ts';
import type { SoakServers, Window } from './soak.ts';
import { seedOfRun, report } from './report.ts';

/** In less time the troubles that end with a recovery may not come. */
const soakMs = Math.max(amount(120_000), 90_000);
const callers = 50;

/** What came of the calls. */
interface Outcomes {
  ok: number;
  left: number;
  readonly failures: Record<string, number>;
  /** Failures that nothing explains. */
  readonly odd: string[];
}

/** Everything that the callers and the troubles share. */
interface Scene {
  readonly client: Client;
  readonly servers: SoakServers;
  readonly random: () => number;
  readonly windows: Window[];
  readonly outcomes: Outcomes;
  /** A signal as long as the soak, as a service has one for its shutdown. */
  readonly shutdown: AbortSignal;
}

/** The code of an error; `undefined` for an error of another origin. */
function errorCode(error: unknown): string | undefined {
  if (isBearingsError(error, 'HTTP_STATUS')) return `HTTP_STATUS ${error.response.status}`;
  return isBearingsError(error) ? error.code : undefined;
}

async function callOnce({ client, shutdown, random, windows, outcomes }: Scene): Promise<void> {
  const from = performance.now();
  const leaver = new AbortController();
  const isLeaver = random() < 0.02;
  const signal = isLeaver ? leaver.signal : shutdown;
  if (isLeaver) setTimeout(() => leaver.abort(new Error('left')), random() * 50).unref();
  try {
    if (random() < 0.5) await client.get('v1/orders/42', { signal }).json();
    else await mustBeOk(await client.fetch('/v1/orders/42', { signal, method: 'POST', body: 'an order' }));
    outcomes.ok += 1;
  } catch (error) {
    if (leaver.signal.aborted) {
      outcomes.left += 1;
      return;
    }
    const code = errorCode(error) ?? (error instanceof Status ? error.message : String(error));
    outcomes.failures[code] = (outcomes.failures[code] ?? 0) + 1;
    const isFitting = fittingCodes(windows, from, performance.now()).includes(code);
    if (!isFitting) outcomes.odd.push(`${code} at ${Math.round(from)}, ${JSON.stringify(windows.slice(-3))}`);
  }
}

class Status extends Error {}

async function mustBeOk(response: Response): Promise<void> {
  await response.arrayBuffer();
  if (!response.ok) throw new Status(`HTTP_STATUS ${response.status}`);
}

/** Fifty callers, without a pause to speak of, until the time is up. */
async function load(scene: Scene, untilMs: number): Promise<void> {
  const caller = async (): Promise<void> => {
    while (performance.now() < untilMs) {
      await callOnce(scene);
      await sleep(100 + scene.random() * 200);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
}

/** The same names in another order. */
function shuffled(names: readonly string[], random: () => number): readonly string[] {
  const drawn = names.map((name) => ({ name, place: random() }));
  return drawn.toSorted((one, other) => one.place - other.place).map(({ name }) => name);
}

/** One trouble after the other, with calm between them, until the time is up. Each kind comes before any comes again. */
async function trouble(scene: Scene, untilMs: number): Promise<void> {
  const { servers, random, windows } = scene;
  let names: readonly string[] = [];
  const during = async (name: string, forMs: number): Promise<void> => {
    const window: Window = { trouble: name, from: performance.now(), to: Infinity };
    windows.push(window);
    await servers.begin(name);
    await sleep(forMs);
    await servers.end(name);
    window.to = performance.now();
  };
  while (performance.now() < untilMs - 8_000) {
    if (names.length === 0) names = shuffled(Object.keys(fitting), random);
    const [name = '', ...others] = names;
    names = others;
    const forMs = 300 + random() * 4_500;
    const isDouble = random() < 0.3;
    await Promise.all([
      during(name, forMs),
      ...(isDouble ? [sleep(forMs / 2).then(() => during('tokens revoked', 0))] : []),
    ]);
    await sleep(random() < 0.7 ? 300 : random() * 12_000);
  }
}

/** Load and faults for a while, then quiet until unused connections are closed. */
async function spell(scene: Scene, forMs: number): Promise<void> {
  const untilMs = performance.now() + forMs;
  await Promise.all([load(scene, untilMs), trouble(scene, untilMs)]);
  await sleep(7_000);
}

test(
  'through minutes of trouble calls fail only for a reason, and nothing piles up',
  { timeout: soakMs + 120_000 },
  async () => {
    const seed = seedOfRun();
    const random = randomFrom(seed);
    const lost: unknown[] = [];
    const note = (reason: unknown): void => void lost.push(reason);
    process.on('unhandledRejection', note).on('warning', note);
    const servers = await soakServers();
    const events: Record<string, number> = {};
    const count = ({ type }: TokenEvent): void => void (events[type] = (events[type] ?? 0) + 1);
    const made = await Token.create({
      tokenEndpoint: servers.tokenEndpoint,
      clientId: 'test-client',
      clientSecret: 'test-client-secret',
      refreshOffsetMs: 1_500,
      jitterMaxMs: 200,
      minRefreshPeriodMs: 200,
      acquireTimeoutMs: 2_000,
      random: () => random() / 100, // backs off for little more than a second, so that there is trouble often
    });
    const token = made.unwrap();
    token.subscribe(count);
    const client = createClient({ baseUrl: servers.api, timeout: 2_000, totalTimeout: 10_000 }, withBearerAuth(token));
    const shutdown = new AbortController();
    const outcomes: Outcomes = { ok: 0, left: 0, failures: {}, odd: [] };
    const scene: Scene = { client, servers, random, windows: [], outcomes, shutdown: shutdown.signal };

    await spell(scene, soakMs / 4);
    const before = await holdings();
    await spell(scene, (soakMs * 3) / 4);
    const after = await holdings();
    const listeners = getEventListeners(shutdown.signal, 'abort').length;
    const seen = await servers.seen();
    await token.close();
    await client.close();
    await servers.stop();
    process.off('unhandledRejection', note).off('warning', note);

    const grownBytes = after.heapBytes - before.heapBytes;
    const { odd, ...counts } = outcomes;
    report('soak', {
      seed,
      minutes: soakMs / 60_000,
      troubles: scene.windows.length,
      ...counts,
      events,
      ...seen,
      grownBytes,
    });
    report('soak, what is held', { before, after, listeners });
    expect(odd).toEqual([]);
    expect(lost).toEqual([]);
    expect(seen.bare).toBe(0);
    expect(listeners).toBe(0);
    expect(grownBytes).toBeLessThan(5 * 2 ** 20);
    for (const [kind, number] of Object.entries(after.resources)) {
      expect(number, kind).toBeLessThanOrEqual((before.resources[kind] ?? 0) + 1);
    }
    const { acquired = 0, renewed = 0, rotated = 0, 'renewal-failed': failed = 0, invalidated = 0 } = events;
    expect(seen.tokenRequests).toBeLessThanOrEqual(2 + acquired + renewed + rotated + 3 * failed + invalidated);
    expect(outcomes.ok).toBeGreaterThan(soakMs / 100);
    expect(events['recovered']).toBeGreaterThan(0);
  },
);
