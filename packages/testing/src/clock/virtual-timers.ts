// imported, not taken from globalThis: fake timers of a test replace the global
import { setImmediate } from 'node:timers';
import type { Cancel } from '@bearings/client';

/** The time of one machine. */
export interface TimeLine {
  elapsedMs: number;
}

/** The timers of several time lines. */
export interface VirtualTimers {
  /**
   * Runs `act` once after a delay. With a delay of 0 or less it runs on its own, after pending promises.
   *
   * @throws TypeError if the delay is not a number
   */
  add(line: TimeLine, delayMs: number, act: () => void): Cancel;
  /** The remaining delays of the timers of a line, in milliseconds, shortest first. */
  waits(line: TimeLine): readonly number[];
  /** Moves these lines together, from timer to timer. Stops at the error of a timer. */
  pass(ms: number, lines: readonly TimeLine[]): Promise<void>;
  /** Runs pending promises. Throws the errors of timers that ran meanwhile. */
  readonly settle: () => Promise<void>;
}

interface Timer {
  readonly line: TimeLine;
  readonly dueMs: number;
  readonly act: () => void;
}

/** Creates timers that fire when their line moves, in the order of their due time, then of their creation. */
export function virtualTimers(): VirtualTimers {
  const timers = new Set<Timer>();
  const { run, settle } = createEventLoop();
  const fire = (timer: Timer): void => {
    if (timers.delete(timer)) timer.act();
  };
  return {
    settle,
    add(line, delayMs, act) {
      if (Number.isNaN(delayMs)) throw new TypeError('schedule takes a number of milliseconds, not NaN');
      const timer = { line, dueMs: line.elapsedMs + Math.max(0, delayMs), act };
      timers.add(timer);
      if (delayMs <= 0) setImmediate(() => run(() => fire(timer)));
      return () => void timers.delete(timer);
    },
    waits(line) {
      const own = [...timers].filter((timer) => timer.line === line);
      return own.map(remainingMs).toSorted((one, other) => one - other);
    },
    async pass(ms, lines) {
      const ends = new Map(lines.map((line) => [line, line.elapsedMs + ms]));
      for (let due = findNext(timers, ends); due !== undefined; due = findNext(timers, ends)) {
        advanceTo(due, ends);
        fire(due);
        await settle();
      }
      for (const [line, endMs] of ends) line.elapsedMs = endMs;
    },
  };
}

const remainingMs = ({ line, dueMs }: Timer): number => dueMs - line.elapsedMs;

/** The timer that is due next, before the end of its line. */
function findNext(timers: Iterable<Timer>, ends: ReadonlyMap<TimeLine, number>): Timer | undefined {
  let next: Timer | undefined;
  for (const timer of timers) {
    const isDue = timer.dueMs <= (ends.get(timer.line) ?? -Infinity);
    if (isDue && (next === undefined || remainingMs(timer) < remainingMs(next))) next = timer;
  }
  return next;
}

/** Moves all lines to the due time of a timer. Lines at the same time get exactly the same time: sums of fractions drift. */
function advanceTo(due: Timer, ends: ReadonlyMap<TimeLine, number>): void {
  const fromMs = due.line.elapsedMs;
  for (const [line, endMs] of ends) {
    const atMs = line.elapsedMs === fromMs ? due.dueMs : line.elapsedMs + due.dueMs - fromMs;
    line.elapsedMs = Math.max(line.elapsedMs, Math.min(atMs, endMs));
  }
}

interface EventLoop {
  /** Runs a function. Its error is thrown by `settle` if a caller waits there; otherwise it is uncaught. */
  readonly run: (act: () => void) => void;
  readonly settle: () => Promise<void>;
}

function createEventLoop(): EventLoop {
  const thrown: unknown[] = [];
  let waiting = 0;
  return {
    run(act) {
      try {
        act();
      } catch (error) {
        if (waiting === 0) throw error;
        thrown.push(error);
      }
    },
    async settle() {
      waiting += 1;
      for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      waiting -= 1;
      const errors = thrown.splice(0);
      if (errors.length > 1) throw new AggregateError(errors, `${errors.length} timers threw`);
      if (errors.length === 1) throw errors[0];
    },
  };
}
