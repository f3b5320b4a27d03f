import type { Fault, FaultContext } from './fault.ts';

/** How long a fault lasts, and where. */
export interface InjectOptions {
  /** For so many requests. Default: until it is lifted. */
  readonly times?: number;
  /** The endpoint or route that it is about; `all` for every one. Default: an issuer's token endpoint, an API's every route. */
  readonly on?: string;
}

/** A fault that was injected. `using` lifts it at the end of the block. */
export interface Injection {
  /** How many requests it has met. */
  readonly hits: number;
  /** Ends it, and lets go of the requests that it holds. */
  clear(): void;
  [Symbol.dispose](): void;
}

/** A fault as a request meets it. */
export interface Met<S> {
  readonly faults: readonly Fault<S>[];
  /** Resolves when it is lifted. */
  readonly lifted: Promise<void>;
}

/**
 * The faults that wait for requests.
 *
 * A request meets one of them, as `FakeServer.inject` says.
 */
export class Injections<S extends FaultContext> {
  readonly #waiting = new Set<Waiting<S>>();
  readonly #lifts = new Set<() => void>();

  /** @throws TypeError when times is no number of requests */
  add(faults: readonly Fault<S>[], { times, on }: Required<InjectOptions>): Injection {
    if (!(times >= 1)) throw new TypeError(`times must be 1 or more requests, not ${times}`);
    const { promise: lifted, resolve } = Promise.withResolvers<void>();
    const waiting: Waiting<S> = { faults, on, lifted, times, hits: 0 };
    const lift = (): void => {
      this.#waiting.delete(waiting);
      this.#lifts.delete(lift);
      resolve();
    };
    this.#waiting.add(waiting);
    this.#lifts.add(lift);
    return injection(waiting, lift);
  }

  /** What a request for this endpoint meets; it counts. */
  meet(endpoint: string): Met<S> {
    const fitting = [...this.#waiting].filter(({ on }) => on === 'all' || on === endpoint);
    const met = fitting.find(({ times }) => times !== Infinity) ?? fitting.at(-1);
    if (met === undefined) return { faults: [], lifted: Promise.resolve() };
    met.hits += 1;
    if (met.hits === met.times) this.#waiting.delete(met);
    return met;
  }

  /** Lifts all. */
  lift(): void {
    for (const lift of this.#lifts) lift();
  }
}

interface Waiting<S> extends Met<S> {
  readonly on: string;
  readonly times: number;
  hits: number;
}

function injection<S>(waiting: Waiting<S>, lift: () => void): Injection {
  return {
    get hits() {
      return waiting.hits;
    },
    clear: lift,
    [Symbol.dispose]: lift,
  };
}
