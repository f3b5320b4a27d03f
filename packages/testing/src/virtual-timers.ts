// Taken from its module and not from globalThis, where a test's fake timers would put their own in its place.
import { setImmediate } from 'node:timers';
import type { Cancel } from '@bearings/client';

/** How much time has passed on one side of a test. */
export interface TimeLine {
  elapsedMs: number;
}

/** The waiting timers of several time lines. */
export interface VirtualTimers {
  /**
   * Runs `act` once after a delay; one of 0 or less runs by itself, after what is under way.
   *
   * @throws TypeError when the delay is not a number
   */
  add(line: TimeLine, delayMs: number, act: () => void): Cancel;
  /** How far the timers of a line are away, in milliseconds, nearest first. */
  waits(line: TimeLine): readonly number[];
  /** Moves these lines on together, from timer to timer; what a timer throws ends the move there. */
  pass(ms: number, lines: readonly TimeLine[]): Promise<void>;
  /** Gives all others a few turns; throws what timers threw that ran by themselves meanwhile. */
  readonly settle: () => Promise<void>;
}

interface Timer {
  readonly line: TimeLine;
  readonly dueMs: number;
  readonly act: () => void;
}

/** Timers that fire when their line is moved on: by the time they are due, and then by who came first. */
export function virtualTimers(): VirtualTimers {
  const timers = new Set<Timer>();
  const { guarded, settle } = turns();
  const fire = (timer: Timer): void => {
    if (timers.delete(timer)) timer.act();
  };
  return {
    settle,
    add(line, delayMs, act) {
      if (Number.isNaN(delayMs)) throw new TypeError('schedule takes a number of milliseconds, not NaN');
      const timer = { line, dueMs: line.elapsedMs + Math.max(0, delayMs), act };
      timers.add(timer);
      if (delayMs <= 0) setImmediate(() => guarded(() => fire(timer)));
      return () => void timers.delete(timer);
    },
    waits(line) {
      const waiting = [...timers].filter((timer) => timer.line === line);
      return waiting.map(waitOf).toSorted((one, other) => one - other);
    },
    async pass(ms, lines) {
      const ends = new Map(lines.map((line) => [line, line.elapsedMs + ms]));
      for (let due = nextOf(timers, ends); due !== undefined; due = nextOf(timers, ends)) {
        moveTo(due, ends);
        fire(due);
        await settle();
      }
      for (const [line, endMs] of ends) line.elapsedMs = endMs;
    },
  };
}

const waitOf = ({ line, dueMs }: Timer): number => dueMs - line.elapsedMs;

/** The nearest timer that is due before its line comes to its end. */
function nextOf(timers: Iterable<Timer>, ends: ReadonlyMap<TimeLine, number>): Timer | undefined {
  let next: Timer | undefined;
  for (const timer of timers) {
    const isDue = timer.dueMs <= (ends.get(timer.line) ?? -Infinity);
    if (isDue && (next === undefined || waitOf(timer) < waitOf(next))) next = timer;
  }
  return next;
}

/** Moves all lines to when a timer is due; those that stand where its own does exactly, since sums of fractions drift. */
function moveTo(due: Timer, ends: ReadonlyMap<TimeLine, number>): void {
  const fromMs = due.line.elapsedMs;
  for (const [line, endMs] of ends) {
    const atMs = line.elapsedMs === fromMs ? due.dueMs : line.elapsedMs + due.dueMs - fromMs;
    line.elapsedMs = Math.max(line.elapsedMs, Math.min(atMs, endMs));
  }
}

interface Turns {
  /** Runs an act; what it throws comes out of `settle` where somebody waits for that, and else is uncaught. */
  readonly guarded: (act: () => void) => void;
  readonly settle: () => Promise<void>;
}

function turns(): Turns {
  const thrown: unknown[] = [];
  let waiting = 0;
  return {
    guarded(act) {
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
