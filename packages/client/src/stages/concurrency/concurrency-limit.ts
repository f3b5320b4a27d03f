import type { BackoffListener, Call } from '../../core/call.ts';
import type { Clock } from '../../time/clock.ts';
import type { ClientRequest } from '../../core/request.ts';
import { OverloadedError } from '../../errors/index.ts';
import { AdaptiveLimit, Adaptation } from './adaptive-limit.ts';
import { Semaphore } from './semaphore.ts';
import type { WaitOptions } from './semaphore.ts';
import { parseOrigin } from '../../security/url.ts';
import type { Stage } from '../../core/stage.ts';

/** Limits for calls in progress. */
export interface ConcurrencyOptions {
  /** The largest number of calls in progress. Default: `Infinity`. */
  readonly limit?: number | undefined;
  /** The largest number of calls in progress to one origin. Default: `Infinity`. */
  readonly limitPerOrigin?: number | undefined;
  /**
   * Finds the limit of each origin itself, between 1 and `limitPerOrigin` (200 without one): a little more while calls
   * succeed and wait, a quarter less when one ends with 429, 502, 503, 504, a timeout or a failed connection. Default: false.
   */
  readonly adaptive?: boolean | undefined;
  /** The largest number of waiting calls; further calls fail at once. 0: no call waits. Default: 10 000. */
  readonly queue?: number | undefined;
  /** The longest wait in the queue, in milliseconds. Default: `false`, so a call waits as long as `totalTimeout` allows. */
  readonly queueTimeout?: number | false | undefined;
}

/** Concurrency options with all defaults. */
export interface Concurrency {
  readonly limit: number;
  readonly limitPerOrigin: number;
  readonly adaptive: boolean;
  readonly queue: number;
  readonly queueTimeout: number | false;
}

/**
 * Limits the number of calls in progress, so that a slow server is not asked for more than it can do. The others wait in a
 * bounded queue, in their order.
 *
 * A call holds a permit until its response headers arrive, but not during the wait before a retry: other calls may use the
 * permit then, and the call gets the next free one before all calls that have not started. A call that is aborted, or
 * whose deadline is over, leaves the queue.
 *
 * @throws OverloadedError when the queue is full, or the wait in it was too long; the call was not sent
 */
export function concurrencyLimit(options: Concurrency): Stage {
  const { limit, limitPerOrigin, adaptive, queue, queueTimeout } = options;
  const maxWaitMs = queueTimeout === false ? Infinity : queueTimeout;
  return (next, { clock, addStatus }) => {
    const total: OriginLimit = { limit, semaphore: new Semaphore(limit, queue) };
    const byOrigin = new Map<string, OriginLimit>();
    addStatus?.(() => ({ queue: { waiting: countWaiting([total, ...byOrigin.values()]), limit: queue } }));
    const findLimit = (origin: string): OriginLimit => {
      const found = byOrigin.get(origin) ?? createOriginLimit(origin, options);
      byOrigin.set(origin, found);
      return found;
    };
    const onlyTotal = [total];
    const hasOriginLimits = adaptive || limitPerOrigin < Infinity;
    const firstWait: WaitOptions = { maxWaitMs, hasPriority: false, clock };
    return async (request, call) => {
      // the origin's limit first: a call that waits for one origin takes no permit from the others
      const limits = hasOriginLimits ? [findLimit(parseOrigin(request.url)), total] : onlyTotal;
      const permits = new Permits(limits, byOrigin);
      const adapt = adaptive ? new Adaptation(limits[0]?.adaptive) : undefined;
      try {
        call.phase = 'queue';
        // here and not in a method: the frame of one would cost as much as the place in the queue
        while (permits.next !== undefined)
          permits.add(request, await permits.next.acquire(call.cancelScope, firstWait));
        call.onBackoff(whileBackingOff(permits, { request, call, adapt, clock }));
        adapt?.begin();
        const response = await next(request, call);
        adapt?.judge({ response });
        return response;
      } catch (error) {
        adapt?.judge({ error });
        throw error;
      } finally {
        permits.release();
      }
    };
  };
}

const countWaiting = (limits: readonly OriginLimit[]): number =>
  limits.reduce((sum, { semaphore }) => sum + semaphore.waiting, 0);

interface Held {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly adapt: Adaptation | undefined;
  readonly clock: Clock;
}

/** Others may have the permits of a call while it waits. Whatever is worth a retry is a failure of the server. */
function whileBackingOff(permits: Permits, { request, call, adapt, clock }: Held): BackoffListener {
  return {
    begin() {
      adapt?.fail();
      permits.release();
    },
    async end() {
      await permits.acquire(request, call, { maxWaitMs: Infinity, hasPriority: true, clock });
      adapt?.begin();
    },
  };
}

/** The limit of an origin, or of the whole client. */
interface OriginLimit {
  readonly semaphore: Semaphore;
  readonly limit: number;
  readonly origin?: string;
  readonly adaptive?: AdaptiveLimit | undefined;
}

function createOriginLimit(origin: string, { limitPerOrigin: limit, queue, adaptive }: Concurrency): OriginLimit {
  const semaphore = new Semaphore(limit, queue);
  return { limit, origin, semaphore, adaptive: adaptive ? new AdaptiveLimit(semaphore, limit) : undefined };
}

/** A limit that was found is kept while its origin has no calls, for so many origins. */
const maxAdaptiveOrigins = 1_000;

/** The permits of one call: one of each limit, or none. */
class Permits {
  readonly #limits: readonly OriginLimit[];
  readonly #byOrigin: Map<string, OriginLimit>;
  #held = 0;

  constructor(limits: readonly OriginLimit[], byOrigin: Map<string, OriginLimit>) {
    this.#limits = limits;
    this.#byOrigin = byOrigin;
  }

  /** The limit whose permit is missing; `undefined` when the call has all. */
  get next(): Semaphore | undefined {
    return this.#limits[this.#held]?.semaphore;
  }

  /**
   * Adds the permit of the {@link next} limit.
   *
   * @throws OverloadedError when it has given none
   */
  add(request: ClientRequest, isAdmitted: boolean): void {
    const { limit = 0, origin, adaptive } = this.#limits[this.#held] ?? {};
    if (!isAdmitted)
      throw new OverloadedError(request, adaptive?.limit ?? limit, origin === undefined ? 'client' : 'origin');
    this.#held += 1;
  }

  /** Waits for all permits, after a wait before a retry. */
  async acquire(request: ClientRequest, call: Call, options: WaitOptions): Promise<void> {
    call.phase = 'queue';
    while (this.next !== undefined) this.add(request, await this.next.acquire(call.cancelScope, options));
  }

  /** Returns the permits, and removes the limit of an origin without calls, unless it was found by its calls. */
  release(): void {
    for (const { semaphore, origin, adaptive } of this.#limits.slice(0, this.#held)) {
      semaphore.release();
      const isKept = adaptive !== undefined && this.#byOrigin.size <= maxAdaptiveOrigins;
      if (origin !== undefined && semaphore.isIdle && !isKept) this.#byOrigin.delete(origin);
    }
    this.#held = 0;
  }
}
