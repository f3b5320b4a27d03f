import type { Call } from '../../core/call.ts';
import type { Clock } from '../../time/clock.ts';
import { OverloadedError } from '../../errors/index.ts';
import { Gate } from './semaphore.ts';
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
    const door: Door = { limit, gate: new Gate(limit, queue) };
    const doors = new Map<string, Door>();
    const doorTo = (origin: string): Door => {
      const known = doors.get(origin) ?? { limit: limitPerOrigin, origin, gate: new Gate(limitPerOrigin, queue) };
      doors.set(origin, known);
      return known;
    };
    return async (request, call) => {
      const origin = limitPerOrigin === Infinity ? undefined : parseOrigin(request.url);
      let way: readonly Door[] = [];
      const enter = async (isFirst: boolean): Promise<void> => {
        // the narrower first: who waits for one origin takes no place from the others
        const ahead = origin === undefined ? [door] : [doorTo(origin), door];
        await enterAll(ahead, { call, clock, concurrency, isFirst, doors });
        way = ahead;
      };
      const leave = (): void => {
        leaveAll(way, doors);
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
interface Door {
  readonly gate: Gate;
  readonly limit: number;
  readonly origin?: string;
}

interface Entry {
  readonly call: Call;
  readonly clock: Clock;
  readonly concurrency: Concurrency;
  readonly isFirst: boolean;
  readonly doors: Map<string, Door>;
}

async function enterAll(way: readonly Door[], { call, clock, concurrency, isFirst, doors }: Entry): Promise<void> {
  const { queue, queueTimeout } = concurrency;
  const newcomerMs = queue === 0 ? 0 : queueTimeout;
  const patience = { maxWaitMs: isFirst ? Infinity : newcomerMs, isFirst, signal: call.signal, clock };
  const entered: Door[] = [];
  call.phase = 'queue';
  try {
    for (const door of way) {
      if (!(await door.gate.enter(patience))) throw new OverloadedError(door.limit, door.origin);
      entered.push(door);
    }
  } catch (cause) {
    leaveAll(entered, doors);
    throw cause;
  }
}

/** An origin that nobody calls any more is forgotten. */
function leaveAll(way: readonly Door[], doors: Map<string, Door>): void {
  for (const { gate, origin } of way) {
    gate.leave();
    if (origin !== undefined && gate.isIdle) doors.delete(origin);
  }
}
