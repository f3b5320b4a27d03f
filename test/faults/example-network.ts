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

/** The host names of the catalogue's certificate. */
export const exampleHosts = ['as.example', 'api.example', 'evil.example', 'oauth2.example'] as const;

export interface NetworkOptions {
  readonly answer: (request: SeenRequest) => LiteralResponse;
  /** The certificate of the servers. Default: one for the catalogue's host names. */
  readonly certificate?: Certificate;
  /** The certificates that clients trust, PEM. Default: the servers' certificate. */
  readonly trust?: string;
  /** True when no server listens. Default: false. */
  readonly isDown?: boolean;
}

/**
 * A network in which every host name leads to this machine: real sockets, real TLS, literal responses.
 *
 * Its time is virtual. It moves only in `settle` and `pass`, and never while a request is in progress.
 */
export interface Network extends AsyncDisposable {
  readonly fetch: typeof globalThis.fetch;
  /** The `fetch`, with its counters. */
  readonly loopback: LoopbackFetch;
  /** The clock for the code under test. */
  readonly clock: Clock;
  /** The delays of all timers, in milliseconds. */
  readonly delays: readonly number[];
  /** The number of pending timers. */
  readonly pending: number;
  /** Creates the response to each request; may be replaced. */
  answer: (request: SeenRequest) => LiteralResponse;
  /** The requests that arrived, in order. */
  readonly seen: readonly SeenRequest[];
  /** Waits for a promise. Moves time to the next timer whenever no request is in progress. */
  settle<T>(work: Promise<T>): Promise<T>;
  /** Moves time from timer to timer, and waits for the requests that the timers cause. */
  pass(ms: number): Promise<void>;
}

const wellKnown = await createCertificate(exampleHosts);

/** Ports on which no server listens. */
const closedPorts = { https: 1, http: 1 };

/** Starts the servers of a network. */
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

/** Real milliseconds until a request counts as lost. Nearly the time limit of a test, so that no test fails on a busy machine. */
const patienceMs = 25_000;

/** Waits until every request is complete, or its response waits for virtual time. */
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
    // the caller of `settle` receives the error
  }
  then();
}
