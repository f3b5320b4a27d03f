import type { Call } from '../../core/call.ts';
import type { Clock } from '../../time/clock.ts';
import { OverloadedError } from '../../errors/index.ts';
import { Semaphore } from './semaphore.ts';
import { parseOrigin } from '../../security/url.ts';
import type { Stage } from '../../core/stage.ts';

/** How many calls a client makes at once. */
export interface ConcurrencyOptions {
  /** Calls under way at once. Default: `Infinity`. */
  readonly limit?: number | undefined;
  /** Calls under way at once to one origin. Default: `Infinity`. */
  readonly limitPerOrigin?: number | undefined;
  /** How many may wait for a place; whoever comes then fails at once. Default: 0. */
  readonly queue?: number | undefined;
  /** Milliseconds that one may wait for a place. Default: 1 000. */
  readonly queueTimeout?: number | undefined;
}

/** Concurrency options, each with its value. */
export interface Concurrency {
  readonly limit: number;
  readonly limitPerOrigin: number;
  readonly queue: number;
  readonly queueTimeout: number;
}

/**
 * Lets so many calls at once and no more, so that a slow server does not fill this service with waiting calls.
 *
 * A call has its place from here until its response head, but not while it waits between two attempts: others may have
 * it then, and the call gets the next that is free, before all who have not begun.
 *
 * @throws OverloadedError at once when full, or when no place came free in time; nothing was sent
 */
export function concurrencyLimit(concurrency: Concurrency): Stage {
  const { limit, limitPerOrigin, queue } = concurrency;
  return (next, { clock }) => {
    const door: OriginLimit = { limit, gate: new Semaphore(limit, queue) };
    const doors = new Map<string, OriginLimit>();
    const doorTo = (origin: string): OriginLimit => {
      const known = doors.get(origin) ?? { limit: limitPerOrigin, origin, gate: new Semaphore(limitPerOrigin, queue) };
      doors.set(origin, known);
      return known;
    };
    return async (request, call) => {
      const origin = limitPerOrigin === Infinity ? undefined : parseOrigin(request.url);
      let way: readonly OriginLimit[] = [];
      const enter = async (hasPriority: boolean): Promise<void> => {
        // the narrower first: who waits for one origin takes no place from the others
        const ahead = origin === undefined ? [door] : [doorTo(origin), door];
        await acquireAll(ahead, { call, clock, concurrency, hasPriority, doors });
        way = ahead;
      };
      const leave = (): void => {
        releaseAll(way, doors);
        way = [];
      };
      await enter(false);
      call.onBackoff({ begin: leave, end: () => enter(true) });
      try {
        return await next(request, call);
      } finally {
        leave();
      }
    };
  };
}

/** A gate, and what it bounds. */
interface OriginLimit {
  readonly gate: Semaphore;
  readonly limit: number;
  readonly origin?: string;
}

interface AcquireContext {
  readonly call: Call;
  readonly clock: Clock;
  readonly concurrency: Concurrency;
  readonly hasPriority: boolean;
  readonly doors: Map<string, OriginLimit>;
}

async function acquireAll(
  way: readonly OriginLimit[],
  { call, clock, concurrency, hasPriority, doors }: AcquireContext,
): Promise<void> {
  const { queue, queueTimeout } = concurrency;
  const newcomerMs = queue === 0 ? 0 : queueTimeout;
  const patience = { maxWaitMs: hasPriority ? Infinity : newcomerMs, hasPriority, signal: call.signal, clock };
  const entered: OriginLimit[] = [];
  call.phase = 'queue';
  try {
    for (const door of way) {
      if (!(await door.gate.acquire(patience))) throw new OverloadedError(door.limit, door.origin);
      entered.push(door);
    }
  } catch (cause) {
    releaseAll(entered, doors);
    throw cause;
  }
}

/** An origin that nobody calls any more is forgotten. */
function releaseAll(way: readonly OriginLimit[], doors: Map<string, OriginLimit>): void {
  for (const { gate, origin } of way) {
    gate.release();
    if (origin !== undefined && gate.isIdle) doors.delete(origin);
  }
}
