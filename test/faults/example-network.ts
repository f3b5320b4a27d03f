import type { Clock } from '@bearings/client';
import { virtualClock } from '@bearings/testing';
import { createCertificate } from '../../packages/testing/src/server/certificate.ts';
import type { Certificate } from '../../packages/testing/src/server/certificate.ts';
import { createByteServer, waitTurns } from './byte-server.ts';
import type { Exchange } from './byte-server.ts';
import type { LiteralResponse } from './catalogue.ts';
import { createLoopbackFetch } from './loopback-fetch.ts';
import type { LoopbackFetch } from './loopback-fetch.ts';
import type { SeenRequest } from './seen-request.ts';

/** The names of the catalogue that have a certificate. */
export const exampleHosts = ['as.example', 'api.example', 'evil.example', 'oauth2.example'] as const;

export interface NetworkOptions {
  readonly answer: (request: SeenRequest) => LiteralResponse;
  /** What the servers prove themselves with. Default: one for the names of the catalogue. */
  readonly certificate?: Certificate;
  /** Whom clients trust, PEM. Default: that certificate. */
  readonly trust?: string;
  /** Nobody listens. Default: false. */
  readonly isDown?: boolean;
}

/**
 * A world in which every name leads to one machine: real sockets, real TLS, literal answers.
 *
 * Its time is virtual and moves only by `settled` and `pass`, and never while something is under way on a socket.
 */
export interface Network extends AsyncDisposable {
  readonly fetch: typeof globalThis.fetch;
  /** What `fetch` has done. */
  readonly loopback: LoopbackFetch;
  /** The time, for who is tested. */
  readonly clock: Clock;
  /** For how long timers were set, in milliseconds. */
  readonly delays: readonly number[];
  /** How many timers wait. */
  readonly pending: number;
  /** What is answered from now on. */
  answer: (request: SeenRequest) => LiteralResponse;
  /** What came over the wire, in order. */
  readonly seen: readonly SeenRequest[];
  /** Waits for some work, and moves time from timer to timer whenever it waits for nothing else. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** Moves time, from timer to timer; what these set in motion is waited for. */
  pass(ms: number): Promise<void>;
}

const wellKnown = await createCertificate(exampleHosts);

/** Where nobody listens. */
const closedPorts = { https: 1, http: 1 };

/** Opens such a world. */
export async function createNetwork(options: NetworkOptions): Promise<Network> {
  const { answer, certificate = wellKnown, trust = certificate.cert, isDown = false } = options;
  const time = virtualClock();
  const delays: number[] = [];
  const exchanges: Exchange[] = [];
  const serving = { clock: time.serverTime, exchanges, answer: (request: SeenRequest) => network.answer(request) };
  const secure = await createByteServer({ ...serving, certificate });
  const plain = await createByteServer(serving);
  const ports = isDown ? closedPorts : { https: secure.port, http: plain.port };
  const loopback = createLoopbackFetch({ trust, ports });
  const quiet = (): Promise<void> => waitUntilQuiet(loopback, exchanges);
  const network: Network = {
    loopback,
    fetch: loopback.fetch,
    clock: recording(time, delays),
    delays,
    answer,
    get seen() {
      return exchanges.map(({ request }) => request);
    },
    get pending() {
      return time.pending;
    },
    async settle(work) {
      const state = { isOver: false };
      void ended(work, () => {
        state.isOver = true;
      });
      for (await quiet(); !state.isOver; await quiet()) await time.advance(time.waits[0] ?? 0);
      return work;
    },
    async pass(ms) {
      await quiet();
      for (let left = ms; left > 0;) {
        const step = Math.min(left, time.waits.find((wait) => wait > 0) ?? left);
        await time.advance(step);
        await quiet();
        left -= step;
      }
    },
    async [Symbol.asyncDispose]() {
      await loopback.close();
      await Promise.all([secure.close(), plain.close()]);
    },
  };
  return network;
}

function recording(clock: Clock, delays: number[]): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    schedule(delayMs, act, options) {
      delays.push(delayMs);
      return clock.schedule(delayMs, act, options);
    },
  };
}

/** How long the machine itself may take, in real milliseconds: as long as a test, so that a busy machine fails none. */
const patienceMs = 25_000;

/** Until nothing is under way that goes on without time: every request is over, or its answer stands still. */
async function waitUntilQuiet(loopback: LoopbackFetch, exchanges: readonly Exchange[]): Promise<void> {
  const startedAt = performance.now();
  for (await waitTurns(20); !isQuiet(loopback, exchanges); await waitTurns(20)) {
    if (performance.now() - startedAt < patienceMs) continue;
    throw new Error(
      `${loopback.open} of ${loopback.requests.length} requests are not over: a body is neither read nor cancelled`,
    );
  }
}

function isQuiet({ open, requests: asked }: LoopbackFetch, exchanges: readonly Exchange[]): boolean {
  if (open === 0) return true;
  const still = exchanges.filter(({ state }) => state === 'still').length;
  const hasArrived = exchanges.length >= asked.length && exchanges.every(({ state }) => state !== 'answering');
  return hasArrived && still >= open;
}

async function ended(work: Promise<unknown>, then: () => void): Promise<void> {
  try {
    await work;
  } catch {
    // whoever waits for the work itself is told
  }
  then();
}
