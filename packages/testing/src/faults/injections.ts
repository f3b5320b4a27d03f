import type { Fault, FaultContext } from './faults.ts';

/** Options of `inject`. */
export interface InjectOptions {
  /** The number of requests that get the fault. Default: no limit, until it is cleared. */
  readonly times?: number;
  /** The endpoint or route, or `all`. Default: the token endpoint of an issuer, all routes of an API. */
  readonly on?: string;
}

/** An injected fault. `using` clears it at the end of the block. */
export interface Injection {
  /** How many requests got the fault. */
  readonly hits: number;
  /** Removes the fault and answers the requests that it holds. */
  clear(): void;
  [Symbol.dispose](): void;
}

/** The faults of one request. */
export interface ActiveFault<S> {
  readonly faults: readonly Fault<S>[];
  /** Resolves when they are cleared. */
  readonly cleared: Promise<void>;
}

/** The injected faults. `FakeServer.inject` documents which one a request gets. */
export class Injections<S extends FaultContext> {
  readonly #pending = new Set<PendingFault<S>>();
  readonly #clears = new Set<() => void>();

  /** @throws TypeError if `times` is not a number from 1 */
  add(faults: readonly Fault<S>[], { times, on }: Required<InjectOptions>): Injection {
    if (!(times >= 1)) throw new TypeError(`times must be at least 1, not ${times}`);
    const { promise: cleared, resolve } = Promise.withResolvers<void>();
    const pending: PendingFault<S> = { faults, on, cleared, times, hits: 0 };
    const clear = (): void => {
      this.#pending.delete(pending);
      this.#clears.delete(clear);
      resolve();
    };
    this.#pending.add(pending);
    this.#clears.add(clear);
    return injection(pending, clear);
  }

  /** Takes the faults for a request to this endpoint, and counts it. */
  take(endpoint: string): ActiveFault<S> {
    const matching = [...this.#pending].filter(({ on }) => on === 'all' || on === endpoint);
    const active = matching.find(({ times }) => times !== Infinity) ?? matching.at(-1);
    if (active === undefined) return { faults: [], cleared: Promise.resolve() };
    active.hits += 1;
    if (active.hits === active.times) this.#pending.delete(active);
    return active;
  }

  /** Clears all faults. */
  clear(): void {
    for (const clear of this.#clears) clear();
  }
}

interface PendingFault<S> extends ActiveFault<S> {
  readonly on: string;
  readonly times: number;
  hits: number;
}

function injection<S>(pending: PendingFault<S>, clear: () => void): Injection {
  return {
    get hits() {
      return pending.hits;
    },
    clear,
    [Symbol.dispose]: clear,
  };
}
