import type { Call } from '../../core/call.ts';
import type { ClientRequest } from '../../core/request.ts';
import { OverloadedError } from '../../errors/index.ts';
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
  /** The largest number of waiting calls; further calls fail at once. 0: no call waits. Default: 10 000. */
  readonly queue?: number | undefined;
  /** The longest wait in the queue, in milliseconds. Default: `false`, so a call waits as long as `totalTimeout` allows. */
  readonly queueTimeout?: number | false | undefined;
}

/** Concurrency options with all defaults. */
export interface Concurrency {
  readonly limit: number;
  readonly limitPerOrigin: number;
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
export function concurrencyLimit({ limit, limitPerOrigin, queue, queueTimeout }: Concurrency): Stage {
  const maxWaitMs = queueTimeout === false ? Infinity : queueTimeout;
  return (next, { clock }) => {
    const total: OriginLimit = { limit, semaphore: new Semaphore(limit, queue) };
    const byOrigin = new Map<string, OriginLimit>();
    const findLimit = (origin: string): OriginLimit => {
      const semaphore = new Semaphore(limitPerOrigin, queue);
      const found = byOrigin.get(origin) ?? { limit: limitPerOrigin, origin, semaphore };
      byOrigin.set(origin, found);
      return found;
    };
    const onlyTotal = [total];
    const firstWait: WaitOptions = { maxWaitMs, hasPriority: false, clock };
    const nextWait: WaitOptions = { maxWaitMs: Infinity, hasPriority: true, clock };
    return async (request, call) => {
      // the origin's limit first: a call that waits for one origin takes no permit from the others
      const limits = limitPerOrigin === Infinity ? onlyTotal : [findLimit(parseOrigin(request.url)), total];
      const permits = new Permits(limits, byOrigin);
      try {
        call.phase = 'queue';
        // here and not in a method: the frame of one would cost as much as the place in the queue
        while (permits.next !== undefined)
          permits.add(request, await permits.next.acquire(call.cancelScope, firstWait));
        call.onBackoff({ begin: () => permits.release(), end: () => permits.acquire(request, call, nextWait) });
        return await next(request, call);
      } finally {
        permits.release();
      }
    };
  };
}

/** The limit of an origin, or of the whole client. */
interface OriginLimit {
  readonly semaphore: Semaphore;
  readonly limit: number;
  readonly origin?: string;
}

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
    const { limit = 0, origin } = this.#limits[this.#held] ?? {};
    if (!isAdmitted) throw new OverloadedError(request, limit, origin === undefined ? 'client' : 'origin');
    this.#held += 1;
  }

  /** Waits for all permits, after a wait before a retry. */
  async acquire(request: ClientRequest, call: Call, options: WaitOptions): Promise<void> {
    call.phase = 'queue';
    while (this.next !== undefined) this.add(request, await this.next.acquire(call.cancelScope, options));
  }

  /** Returns the permits, and removes the limit of an origin without calls. */
  release(): void {
    for (const { semaphore, origin } of this.#limits.slice(0, this.#held)) {
      semaphore.release();
      if (origin !== undefined && semaphore.isIdle) this.#byOrigin.delete(origin);
    }
    this.#held = 0;
  }
}
