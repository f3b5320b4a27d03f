import type { Clock } from '@bearings/client';
import { virtualTimers } from './virtual-timers.ts';
import type { TimeLine, VirtualTimers } from './virtual-timers.ts';

export interface VirtualClockOptions {
  /** The wall time at which it starts, in milliseconds since the epoch. Default: 2026-11-06T12:00:00Z. */
  readonly startAt?: number;
}

/**
 * The time of one machine, in a test: it moves only when told to.
 *
 * Hand it to everything that takes a `Clock`. What is due at once (a delay of 0 or less) happens by itself, after what
 * is under way; it is the only thing that does. Movements begun while another one goes on wait for their turn.
 */
export interface VirtualClock extends Clock {
  /**
   * Time as it is outside this machine, for the servers it speaks to.
   *
   * It moves with `advance`; `jumpWall` leaves it alone, and it goes on while this machine is suspended.
   */
  readonly serverTime: Clock;
  /** How far the waiting timers of this machine are away, in milliseconds, nearest first. */
  readonly waits: readonly number[];
  /** How many timers of this machine wait to fire. */
  readonly pending: number;
  /**
   * Lets what is under way go on as far as it can, then moves from timer to timer, here and outside, in the order in
   * which they are due.
   *
   * What a timer throws comes out here, and ends the move at that moment.
   *
   * @param ms - how far, in milliseconds; 0 is a move too
   * @throws TypeError when `ms` is below 0 or not finite
   */
  advance(ms: number): Promise<void>;
  /**
   * This machine sleeps: wall time goes on, while its monotonic time and its timers stand still, so that these fire
   * later by that much.
   *
   * What is under way goes on as far as it can before. What an answer from outside sets in motion during the sleep
   * sees the wall time of waking, since a machine does nothing before it wakes.
   *
   * @param ms - for how long, in milliseconds
   * @throws TypeError when `ms` is below 0 or not finite
   */
  suspend(ms: number): Promise<void>;
  /**
   * Somebody sets the clock of this machine: only `now()` moves.
   *
   * @param ms - by how much, in milliseconds; below 0 sets it back
   * @throws TypeError when `ms` is not finite
   */
  jumpWall(ms: number): void;
  /**
   * Gives everything that waits for nothing but its turn a few turns.
   *
   * What waits for a socket or for a thread (WebCrypto, files) may need longer: await that itself.
   */
  settle(): Promise<void>;
}

/**
 * A clock that drives time on both sides of a test: the client's machine, and the servers outside.
 *
 * Nothing global is faked, so real sockets and the timers of the test runner go on working.
 *
 * @throws TypeError when `startAt` is not finite
 */
export function virtualClock({ startAt = Date.UTC(2026, 10, 6, 12) }: VirtualClockOptions = {}): VirtualClock {
  mustBe('startAt takes a finite number of milliseconds', Number.isFinite(startAt), startAt);
  const machine: Machine = {
    timers: virtualTimers(),
    here: { elapsedMs: 0 },
    world: { elapsedMs: 0 },
    jumpedMs: 0,
    wakesAtMs: undefined,
  };
  const { timers, here, world } = machine;
  const inTurn = oneAtATime();
  return {
    ...clockOn(here, timers, () => startAt + (machine.wakesAtMs ?? world.elapsedMs) + machine.jumpedMs),
    serverTime: clockOn(world, timers, () => startAt + world.elapsedMs),
    get waits() {
      return timers.waits(here);
    },
    get pending() {
      return timers.waits(here).length;
    },
    settle: () => timers.settle(),
    async advance(ms) {
      mustBeDuration('advance', ms);
      await inTurn(() => advance(machine, ms));
    },
    async suspend(ms) {
      mustBeDuration('suspend', ms);
      await inTurn(() => suspend(machine, ms));
    },
    jumpWall(ms) {
      mustBe('jumpWall takes a finite number of milliseconds', Number.isFinite(ms), ms);
      machine.jumpedMs += ms;
    },
  };
}

interface Machine {
  readonly timers: VirtualTimers;
  readonly here: TimeLine;
  readonly world: TimeLine;
  /** By how much its clock was set wrong. */
  jumpedMs: number;
  /** While it sleeps: when it wakes, in the time of the world. */
  wakesAtMs: number | undefined;
}

async function advance({ timers, here, world }: Machine, ms: number): Promise<void> {
  await timers.settle();
  await timers.pass(ms, [here, world]);
}

async function suspend(machine: Machine, ms: number): Promise<void> {
  const { timers, world } = machine;
  await timers.settle();
  machine.wakesAtMs = world.elapsedMs + ms;
  try {
    await timers.pass(ms, [world]);
  } finally {
    machine.wakesAtMs = undefined;
  }
}

function clockOn(line: TimeLine, timers: VirtualTimers, now: () => number): Clock {
  return { now, monotonic: () => line.elapsedMs, schedule: (delayMs, act) => timers.add(line, delayMs, act) };
}

function mustBeDuration(act: string, ms: number): void {
  mustBe(`${act} takes a number of milliseconds from 0 up`, Number.isFinite(ms) && ms >= 0, ms);
}

function mustBe(rule: string, isKept: boolean, given: number): void {
  if (!isKept) throw new TypeError(`${rule}, not ${given}`);
}

/** Runs acts one after another, in the order in which they were asked for, whether or not one fails. */
function oneAtATime(): (act: () => Promise<void>) => Promise<void> {
  let last = Promise.resolve();
  return async (act) => {
    const before = last;
    const turn = Promise.withResolvers<void>();
    last = turn.promise;
    await before;
    try {
      await act();
    } finally {
      turn.resolve();
    }
  };
}
