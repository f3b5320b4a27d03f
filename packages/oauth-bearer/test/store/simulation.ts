import type { Clock } from '@bearings/client';
import { Ok } from 'ts-results';
import type { TokenSource } from '../../src/sources/token-source.ts';
import { memoryTokenStore } from '../../src/store/memory-token-store.ts';
import { createSharedSource } from '../../src/store/shared-source.ts';
import type { TokenStore } from '../../src/store/token-store.ts';
import { Token } from '../../src/token/token.ts';
import { randomFrom } from '../model/random-from.ts';
import { EventClock } from './event-clock.ts';
import { callOnce, plainSeal } from './fleet.ts';

export interface SimulationOptions {
  readonly replicas: number;
  readonly seed: number;
}

/** What the servers saw in one part of a simulation. */
export interface SimulatedPart {
  readonly part: string;
  readonly tokenRequests: number;
  readonly failedCalls: number;
  readonly storeCalls: number;
  /** The most calls of the store in one second. */
  readonly peakPerSecond: number;
  /** The longest wait for a token or a call, in milliseconds. */
  readonly longestWaitMs: number;
}

const minuteMs = 60_000;
const lifetimeMs = 60 * minuteMs;

/**
 * The day of a large fleet, on a virtual clock: a deploy over ten seconds, a renewal, a revocation of all tokens, a store
 * that is away for ten minutes. Wall clocks are up to an hour apart. The store answers in 1 to 5 ms, one time in 100 in up
 * to 100 ms; the server in 150 to 400 ms.
 */
export async function simulateFleet({ replicas: size, seed }: SimulationOptions): Promise<readonly SimulatedPart[]> {
  const world = new World(seed);
  const replicas: Token[] = [];
  for (let index = 0; index < size; index += 1) replicas.push(await world.createReplica());
  const { clock, random } = world;
  const parts: SimulatedPart[] = [];
  const during = async (part: string, endMs: number, act: () => void): Promise<void> => {
    world.begin();
    act();
    await clock.runUntil(endMs);
    parts.push({ part, ...world.counts });
  };
  const each = (spreadMs: number, act: (token: Token) => Promise<void>): void => {
    for (const token of replicas) clock.schedule(random() * spreadMs, () => void act(token));
  };

  await during('a deploy: all start within 10 s', 0.5 * minuteMs, () => each(10_000, (token) => world.get(token)));
  await during('a renewal', 40 * minuteMs, () => {});
  await during('all tokens revoked, 401s within 1 s', 41 * minuteMs, () => {
    world.revoked = world.issued;
    each(1_000, (token) => world.call(token));
  });
  await during('no token is due', 60 * minuteMs, () => each(10 * minuteMs, (token) => world.call(token)));
  await during('the store away for 10 min at a renewal', 76 * minuteMs, () => {
    world.isAway = true;
    clock.schedule(10 * minuteMs, () => {
      world.isAway = false;
    });
    each(10 * minuteMs, (token) => world.call(token));
  });
  await Promise.all(replicas.map((token) => token.close()));
  return parts;
}

/** The store, the server and the API. */
class World {
  readonly clock = new EventClock();
  readonly random: () => number;
  readonly #store: TokenStore;
  readonly #clocks = new WeakMap<Token, Clock>();
  issued = 0;
  revoked = 0;
  isAway = false;
  #before = 0;
  #failed = 0;
  #calls = 0;
  #longestMs = 0;
  #perSecond = new Map<number, number>();

  constructor(seed: number) {
    this.random = randomFrom(seed);
    const store = memoryTokenStore({ clock: this.clock.machine() });
    this.#store = {
      ask: (...args) => this.#reach(() => store.ask(...args)),
      put: (...args) => this.#reach(() => store.put(...args)),
      release: (...args) => this.#reach(() => store.release(...args)),
      watch: (key, changed) =>
        store.watch?.(key, () => void this.clock.schedule(this.#delayMs(), changed)) ?? (() => {}),
    };
  }

  begin(): void {
    this.#before = this.issued;
    this.#failed = 0;
    this.#calls = 0;
    this.#longestMs = 0;
    this.#perSecond = new Map();
  }

  get counts(): Omit<SimulatedPart, 'part'> {
    return {
      tokenRequests: this.issued - this.#before,
      failedCalls: this.#failed,
      storeCalls: this.#calls,
      peakPerSecond: Math.max(0, ...this.#perSecond.values()),
      longestWaitMs: this.#longestMs,
    };
  }

  async createReplica(): Promise<Token> {
    const clock = this.clock.machine((this.random() * 2 - 1) * 60 * minuteMs);
    const { random } = this;
    const key = async (): Promise<string> => 'key';
    const context = { store: this.#store, seal: plainSeal, key, rotationPeriodMs: 10_000, clock, random };
    const source = createSharedSource(this.#createSource(), context);
    const token = (await Token.from(source, { clock, random, start: 'lazy' })).unwrap();
    this.#clocks.set(token, clock);
    return token;
  }

  async get(token: Token): Promise<void> {
    const startedAtMs = this.clock.nowMs;
    if ((await token.get()).isErr()) this.#failed += 1;
    this.#longestMs = Math.max(this.#longestMs, this.clock.nowMs - startedAtMs);
  }

  async call(token: Token): Promise<void> {
    const startedAtMs = this.clock.nowMs;
    const api = { accepts: (value: string) => Number(value) > this.revoked };
    const { isOk } = await callOnce(token, api, this.#clocks.get(token) ?? this.clock.machine());
    if (!isOk) this.#failed += 1;
    this.#longestMs = Math.max(this.#longestMs, this.clock.nowMs - startedAtMs);
  }

  #createSource(): TokenSource {
    return {
      acquire: async () => {
        this.issued += 1;
        const value = String(this.issued);
        await this.clock.wait(150 + this.random() * 250);
        return Ok({ value, lifetimeMs });
      },
    };
  }

  async #reach<T>(call: () => Promise<T>): Promise<T> {
    await this.clock.wait(this.#delayMs());
    if (this.isAway) return new Promise(() => {});
    const second = Math.floor(this.clock.nowMs / 1_000);
    this.#perSecond.set(second, (this.#perSecond.get(second) ?? 0) + 1);
    this.#calls += 1;
    const answer = await call();
    await this.clock.wait(this.#delayMs());
    return answer;
  }

  /** One way, in milliseconds. */
  #delayMs(): number {
    return this.random() < 0.01 ? 50 * this.random() : 0.5 + 2 * this.random();
  }
}
