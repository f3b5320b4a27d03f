import type { Call } from '../../core/call.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { Clock } from '../../time/clock.ts';
import { OverloadedError } from '../../errors/index.ts';
import { Semaphore } from './semaphore.ts';
import { parseOrigin } from '../../security/url.ts';
import type { Stage } from '../../core/stage.ts';

/** Limits for calls in progress. */
export interface ConcurrencyOptions {
  /** The largest number of calls in progress. Default: `Infinity`. */
  readonly limit?: number | undefined;
  /** The largest number of calls in progress to one origin. Default: `Infinity`. */
  readonly limitPerOrigin?: number | undefined;
  /** The largest number of waiting calls; further calls fail at once. Default: 0. */
  readonly queue?: number | undefined;
  /** The longest wait in the queue, in milliseconds. Default: 1 000. */
  readonly queueTimeout?: number | undefined;
}

/** Concurrency options with all defaults. */
export interface Concurrency {
  readonly limit: number;
  readonly limitPerOrigin: number;
  readonly queue: number;
  readonly queueTimeout: number;
}

/**
 * Limits the number of calls in progress, so that a slow server does not fill this service with waiting calls.
 *
 * A call holds a permit until its response headers arrive, but not during the wait before a retry: other calls may use the
 * permit then, and the call gets the next free one before all calls that have not started.
 *
 * @throws OverloadedError when the queue is full, or the wait in it was too long; the call was not sent
 */
export function concurrencyLimit(concurrency: Concurrency): Stage {
  const { limit, limitPerOrigin, queue } = concurrency;
  return (next, { clock }) => {
    const total: OriginLimit = { limit, semaphore: new Semaphore(limit, queue) };
    const byOrigin = new Map<string, OriginLimit>();
    const createOriginLimit = (origin: string): OriginLimit => ({
      limit: limitPerOrigin,
      origin,
      semaphore: new Semaphore(limitPerOrigin, queue),
    });
    const findLimit = (origin: string): OriginLimit => {
      const found = byOrigin.get(origin) ?? createOriginLimit(origin);
      byOrigin.set(origin, found);
      return found;
    };
    return async (request, call) => {
      const origin = limitPerOrigin === Infinity ? undefined : parseOrigin(request.url);
      let held: readonly OriginLimit[] = [];
      const acquire = async (hasPriority: boolean): Promise<void> => {
        // the origin's limit first: a call that waits for one origin takes no permit from the others
        const limits = origin === undefined ? [total] : [findLimit(origin), total];
        await acquireAll(limits, { request, call, clock, concurrency, hasPriority, byOrigin });
        held = limits;
      };
      const release = (): void => {
        releaseAll(held, byOrigin);
        held = [];
      };
      await acquire(false);
      call.onBackoff({ begin: release, end: () => acquire(true) });
      try {
        return await next(request, call);
      } finally {
        release();
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

interface AcquireContext {
  readonly request: ClientRequest;
  readonly call: Call;
  readonly clock: Clock;
  readonly concurrency: Concurrency;
  readonly hasPriority: boolean;
  readonly byOrigin: Map<string, OriginLimit>;
}

async function acquireAll(
  limits: readonly OriginLimit[],
  { request, call, clock, concurrency, hasPriority, byOrigin }: AcquireContext,
): Promise<void> {
  const { queue, queueTimeout } = concurrency;
  const queueMs = queue === 0 ? 0 : queueTimeout;
  const options = { maxWaitMs: hasPriority ? Infinity : queueMs, hasPriority, signal: call.signal, clock };
  const held: OriginLimit[] = [];
  call.phase = 'queue';
  try {
    for (const each of limits) {
      const limitedBy = each.origin === undefined ? 'client' : 'origin';
      if (!(await each.semaphore.acquire(options))) throw new OverloadedError(request, each.limit, limitedBy);
      held.push(each);
    }
  } catch (cause) {
    releaseAll(held, byOrigin);
    throw cause;
  }
}

/** Returns the permits, and removes the limit of an origin without calls. */
function releaseAll(held: readonly OriginLimit[], byOrigin: Map<string, OriginLimit>): void {
  for (const { semaphore, origin } of held) {
    semaphore.release();
    if (origin !== undefined && semaphore.isIdle) byOrigin.delete(origin);
  }
}
