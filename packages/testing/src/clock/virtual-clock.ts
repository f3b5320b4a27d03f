import type { Clock } from '@bearings/client';
import { anyRule, checkOptions } from '@bearings/client/layer';
import { virtualTimers } from './virtual-timers.ts';
import type { TimeLine, VirtualTimers } from './virtual-timers.ts';

/** Options of `virtualClock`. */
export interface VirtualClockOptions {
  /** The wall time at the start, in milliseconds since the epoch. Default: 2026-11-06T12:00:00Z. */
  readonly startAt?: number;
}

/**
 * The clock of one machine in a test. Time moves only when the test moves it.
 *
 * Pass it to everything that takes a `Clock`. Only a timer with a delay of 0 or less fires on its own, after pending
 * promises. Calls of `advance` and `suspend` run one after another.
 */
export interface VirtualClock extends Clock {
  /**
   * The clock of the servers, outside this machine.
   *
   * `advance` moves it, `jumpWall` does not. It continues while this machine is suspended.
   */
  readonly serverTime: Clock;
  /** The remaining delays of the timers of this machine, in milliseconds, shortest first. */
  readonly waits: readonly number[];
  /** The number of timers of this machine that have not fired. */
  readonly pending: number;
  /**
   * Runs pending promises, then moves time from timer to timer, of this machine and of the servers, in the order in
   * which they are due.
   *
   * Rejects with the error of a timer, and stops at that moment.
   *
   * @param ms - milliseconds; 0 is allowed
   * @throws TypeError if `ms` is below 0 or not finite
   */
  advance(ms: number): Promise<void>;
  /**
   * Suspends this machine: wall time continues, but its monotonic time and its timers pause. The timers fire later by
   * this duration.
   *
   * Pending promises run first. Code that runs because of a server response during the sleep sees the wall time at the
   * end of the sleep, because a machine does nothing before it wakes.
   *
   * @param ms - milliseconds
   * @throws TypeError if `ms` is below 0 or not finite
   */
  suspend(ms: number): Promise<void>;
  /**
   * Sets the wall clock of this machine: only `now()` changes.
   *
   * @param ms - milliseconds; a negative number sets it back
   * @throws TypeError if `ms` is not finite
   */
  jumpWall(ms: number): void;
  /**
   * Runs pending promises, without moving time.
   *
   * Work that waits for a socket or a thread (WebCrypto, files) may need longer: await it directly.
   */
  settle(): Promise<void>;
}

/**
 * Creates a clock that controls time on both sides of a test: the machine of the client, and the servers.
 *
 * Global timers are not replaced, so sockets and the timers of the test runner still work.
 *
 * @throws TypeError if `startAt` is not finite
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  checkOptions(options, { startAt: anyRule }, { owner: 'virtualClock' });
  const { startAt = Date.UTC(2026, 10, 6, 12) } = options;
  assertValid('startAt takes a finite number of milliseconds', Number.isFinite(startAt), startAt);
  const machine: Machine = {
    timers: virtualTimers(),
    local: { elapsedMs: 0 },
    outside: { elapsedMs: 0 },
    jumpedMs: 0,
    wakesAtMs: undefined,
  };
  const { timers, local, outside } = machine;
  const enqueue = createQueue();
  return {
    ...clockOn(local, timers, () => startAt + (machine.wakesAtMs ?? outside.elapsedMs) + machine.jumpedMs),
    serverTime: clockOn(outside, timers, () => startAt + outside.elapsedMs),
    get waits() {
      return timers.waits(local);
    },
    get pending() {
      return timers.waits(local).length;
    },
    settle: () => timers.settle(),
    async advance(ms) {
      assertDuration('advance', ms);
      await enqueue(() => advance(machine, ms));
    },
    async suspend(ms) {
      assertDuration('suspend', ms);
      await enqueue(() => suspend(machine, ms));
    },
    jumpWall(ms) {
      assertValid('jumpWall takes a finite number of milliseconds', Number.isFinite(ms), ms);
      machine.jumpedMs += ms;
    },
  };
}

interface Machine {
  readonly timers: VirtualTimers;
  readonly local: TimeLine;
  readonly outside: TimeLine;
  /** The sum of all jumps of its wall clock. */
  jumpedMs: number;
  /** While it is suspended: the end of the sleep, in server time. */
  wakesAtMs: number | undefined;
}

async function advance({ timers, local, outside }: Machine, ms: number): Promise<void> {
  await timers.settle();
  await timers.pass(ms, [local, outside]);
}

async function suspend(machine: Machine, ms: number): Promise<void> {
  const { timers, outside } = machine;
  await timers.settle();
  machine.wakesAtMs = outside.elapsedMs + ms;
  try {
    await timers.pass(ms, [outside]);
  } finally {
    machine.wakesAtMs = undefined;
  }
}

function clockOn(line: TimeLine, timers: VirtualTimers, now: () => number): Clock {
  return { now, monotonic: () => line.elapsedMs, schedule: (delayMs, act) => timers.add(line, delayMs, act) };
}

function assertDuration(method: string, ms: number): void {
  assertValid(`${method} takes a number of milliseconds from 0 up`, Number.isFinite(ms) && ms >= 0, ms);
}

function assertValid(rule: string, isValid: boolean, given: number): void {
  if (!isValid) throw new TypeError(`${rule}, not ${given}`);
}

/** Runs tasks one after another, in their order, even if one fails. */
function createQueue(): (task: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return async (task) => {
    const before = last;
    const done = Promise.withResolvers<void>();
    last = done.promise;
    await before;
    try {
      await task();
    } finally {
      done.resolve();
    }
  };
}
