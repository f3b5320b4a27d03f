import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@bearings/client';
import { array, assert as assertAsync, asyncProperty, boolean, integer, nat, record } from 'fast-check';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { virtualClock } from '../../src/clock/virtual-clock.ts';

const startAt = Date.UTC(2026, 0, 1);

afterEach(() => void vi.useRealTimers());

/** Records what fired, with the monotonic time of its clock. */
function createLog(): { readonly lines: string[]; readonly write: (clock: Clock, what: string) => () => void } {
  const lines: string[] = [];
  return { lines, write: (clock, what) => () => void lines.push(`${what} at ${clock.monotonic()}`) };
}

test('time does not move on its own', async () => {
  const clock = virtualClock({ startAt });
  clock.schedule(1, () => expect.unreachable());

  await clock.settle();

  expect([clock.now(), clock.monotonic()]).toEqual([startAt, 0]);
  expect([clock.serverTime.now(), clock.serverTime.monotonic()]).toEqual([startAt, 0]);
});

test('every clock starts at the same time by default', () => {
  expect(new Date(virtualClock().now()).toISOString()).toBe('2026-11-06T12:00:00.000Z');
});

test('advance moves wall time and monotonic time, of machine and servers', async () => {
  const clock = virtualClock({ startAt });

  await clock.advance(1_500);

  expect([clock.now(), clock.monotonic()]).toEqual([startAt + 1_500, 1_500]);
  expect([clock.serverTime.now(), clock.serverTime.monotonic()]).toEqual([startAt + 1_500, 1_500]);
});

test('timers fire at their due time, and in order of creation if due together', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  clock.schedule(30, write(clock, 'third'));
  clock.schedule(10, write(clock, 'first'));
  clock.schedule(10, write(clock, 'second'));
  clock.schedule(31, write(clock, 'late'));

  await clock.advance(30);

  expect(lines).toEqual(['first at 10', 'second at 10', 'third at 30']);
});

test('a timer created by a timer fires in the same advance if it is due', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  clock.schedule(10, () => {
    clock.schedule(10, write(clock, 'child'));
    clock.schedule(0, write(clock, 'at once'));
    clock.schedule(11, write(clock, 'late'));
  });

  await clock.advance(20);

  expect(lines).toEqual(['at once at 10', 'child at 20']);
  expect(clock.waits).toEqual([1]);
});

test('promises started by a timer run before time moves on', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => void clock.schedule(ms, resolve));
  const work = async (): Promise<void> => {
    await sleep(10);
    await sleep(10);
    write(clock, 'finished')();
  };

  const working = work();
  clock.schedule(25, write(clock, 'later'));
  await clock.advance(30);
  await working;

  expect(lines).toEqual(['finished at 20', 'later at 25']);
});

test('pending promises run before time moves', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();

  void (async () => {
    await Promise.resolve();
    clock.schedule(5, write(clock, 'set late'));
  })();
  await clock.advance(5);

  expect(lines).toEqual(['set late at 5']);
});

test.each([0, -5])('a timer with a delay of %d fires on its own, asynchronously', async (ms) => {
  const clock = virtualClock();
  const { lines, write } = createLog();

  clock.schedule(ms, write(clock, 'here'));
  clock.serverTime.schedule(ms, write(clock, 'outside'));
  const before = [...lines];
  await clock.settle();

  expect(before).toEqual([]);
  expect(lines).toEqual(['here at 0', 'outside at 0']);
  expect(clock.pending).toBe(0);
});

test.each([0, 10])('a cancelled timer of %d ms never fires, and a second cancel does nothing', async (ms) => {
  const clock = virtualClock();
  const cancel = clock.schedule(ms, () => expect.unreachable());

  cancel();
  cancel();
  await clock.advance(20);

  expect(clock.pending).toBe(0);
});

test('cancelling a timer after it fired does nothing', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  const cancel = clock.schedule(10, write(clock, 'fired'));

  await clock.advance(10);
  cancel();
  await clock.advance(10);

  expect(lines).toEqual(['fired at 10']);
});

test('a timer can cancel another one that is due at the same time', async () => {
  const clock = virtualClock();
  clock.schedule(10, () => cancel());
  const cancel = clock.schedule(10, () => expect.unreachable());

  await clock.advance(10);

  expect(clock.pending).toBe(0);
});

test('waits lists the remaining delays, shortest first', async () => {
  const clock = virtualClock();
  for (const ms of [300, 100, 200]) clock.schedule(ms, () => {});
  clock.serverTime.schedule(50, () => {});

  await clock.advance(40);

  expect(clock.waits).toEqual([60, 160, 260]);
  expect(clock.pending).toBe(3);
});

test('a delay above the limit of setTimeout is exact, and an infinite delay never ends', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  const yearMs = 365 * 24 * 3_600_000;
  clock.schedule(yearMs, write(clock, 'a year'));
  clock.schedule(Infinity, () => expect.unreachable());

  await clock.advance(yearMs - 1);
  const early = [...lines];
  await clock.advance(1);

  expect(early).toEqual([]);
  expect(lines).toEqual([`a year at ${yearMs}`]);
  expect(clock.waits).toEqual([Infinity]);
});

test('jumpWall moves only the wall time of the machine, forward or back', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = createLog();
  clock.schedule(10, write(clock, 'here'));
  clock.serverTime.schedule(10, write(clock.serverTime, 'outside'));

  clock.jumpWall(3_600_000);
  const ahead = clock.now();
  clock.jumpWall(-7_200_000);
  await clock.advance(10);

  expect(ahead).toBe(startAt + 3_600_000);
  expect(clock.now()).toBe(startAt - 3_600_000 + 10);
  expect(clock.serverTime.now()).toBe(startAt + 10);
  expect(lines).toEqual(['here at 10', 'outside at 10']);
});

test('during suspend wall time continues and timers pause: they fire later by that duration', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = createLog();
  clock.schedule(100, write(clock, 'here'));

  await clock.advance(40);
  await clock.suspend(1_000);
  const waking = [clock.now(), clock.monotonic(), ...clock.waits];
  await clock.advance(59);
  const early = [...lines];
  await clock.advance(1);

  expect(waking).toEqual([startAt + 1_040, 40, 60]);
  expect(early).toEqual([]);
  expect(lines).toEqual(['here at 100']);
});

test('during suspend the servers continue: both times, and the timers', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = createLog();
  const { serverTime } = clock;
  serverTime.schedule(300, () => {
    write(serverTime, 'answer')();
    serverTime.schedule(200, write(serverTime, 'next'));
  });
  serverTime.schedule(1_001, write(serverTime, 'late'));

  await clock.suspend(1_000);

  expect(lines).toEqual(['answer at 300', 'next at 500']);
  expect([serverTime.now(), serverTime.monotonic()]).toEqual([startAt + 1_000, 1_000]);
});

test('code that runs because of a response during suspend sees the wall time of waking', async () => {
  const clock = virtualClock({ startAt });
  const answer = new Promise<void>((resolve) => void clock.serverTime.schedule(300, resolve));
  const receivedAt = (async () => {
    await answer;
    return clock.now();
  })();

  await clock.suspend(1_000);

  expect(await receivedAt).toBe(startAt + 1_000);
});

test('pending promises run before the machine sleeps', async () => {
  const clock = virtualClock({ startAt });
  const sentAt = (async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return clock.now();
  })();

  await clock.suspend(1_000);

  expect(await sentAt).toBe(startAt);
});

test('timers of machine and servers fire in one order, also after suspend', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  clock.schedule(100, write(clock, 'here'));
  clock.serverTime.schedule(150, write(clock, 'outside, before'));
  clock.serverTime.schedule(151, write(clock, 'outside, after'));

  await clock.advance(50);
  await clock.suspend(50);
  clock.serverTime.schedule(50, write(clock, 'outside, with it'));
  await clock.advance(50);

  expect(lines).toEqual(['here at 100', 'outside, before at 100', 'outside, with it at 100']);
  expect(clock.pending).toBe(0);
});

test('concurrent calls of advance and suspend run one after another', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = createLog();
  for (const ms of [50, 60, 150]) clock.schedule(ms, write(clock, 'fired'));

  await Promise.all([clock.advance(100), clock.suspend(1_000), clock.advance(100)]);

  expect(lines).toEqual(['fired at 50', 'fired at 60', 'fired at 150']);
  expect([clock.now(), clock.monotonic()]).toEqual([startAt + 1_200, 200]);
});

test('advance rejects with the error of a timer and stops there, and the clock can go on', async () => {
  const clock = virtualClock();
  const { lines, write } = createLog();
  clock.schedule(10, () => {
    throw new Error('failed');
  });
  clock.schedule(10, write(clock, 'next'));

  await expect(clock.advance(50)).rejects.toThrow('failed');
  const stoppedMs = clock.monotonic();
  await clock.advance(50);

  expect(stoppedMs).toBe(10);
  expect(lines).toEqual(['next at 10']);
  expect(clock.monotonic()).toBe(60);
});

test('suspend rejects with the error of a server timer and stops there', async () => {
  const clock = virtualClock({ startAt });
  clock.serverTime.schedule(10, () => {
    throw new Error('failed');
  });

  await expect(clock.suspend(50)).rejects.toThrow('failed');

  expect([clock.now(), clock.serverTime.now(), clock.monotonic()]).toEqual([startAt + 10, startAt + 10, 0]);
});

test('errors of timers without delay reject settle and advance, all of them', async () => {
  const clock = virtualClock();
  const fail = (what: string) => () => {
    throw new Error(what);
  };

  clock.schedule(0, fail('alone'));
  await expect(clock.settle()).rejects.toThrow('alone');
  clock.schedule(0, fail('one'));
  clock.schedule(0, fail('two'));

  await expect(clock.advance(1)).rejects.toMatchObject({ errors: [{ message: 'one' }, { message: 'two' }] });
});

test.each([-1, Number.NaN, Infinity, -Infinity])('advance and suspend reject %d', async (ms) => {
  const clock = virtualClock({ startAt });

  await expect(clock.advance(ms)).rejects.toThrow(
    new TypeError(`advance takes a number of milliseconds from 0 up, not ${ms}`),
  );
  await expect(clock.suspend(ms)).rejects.toThrow(
    new TypeError(`suspend takes a number of milliseconds from 0 up, not ${ms}`),
  );
  expect(clock.now()).toBe(startAt);
});

test('startAt, jumpWall and schedule reject values that are not numbers', () => {
  const clock = virtualClock();

  expect(() => virtualClock({ startAt: Number.NaN })).toThrow(/startAt takes .*, not NaN/);
  expect(() => clock.jumpWall(Infinity)).toThrow(/jumpWall takes .*, not Infinity/);
  expect(() => clock.schedule(Number.NaN, () => {})).toThrow(/schedule takes .*, not NaN/);
});

test('fractions of milliseconds add up equally on both clocks', async () => {
  const clock = virtualClock({ startAt: 0 });
  const seen: number[] = [];
  for (const ms of [0.1, 0.3, 0.7]) clock.schedule(ms, () => seen.push(clock.monotonic(), clock.now()));

  await clock.advance(0.9);

  expect(seen).toEqual([0.1, 0.1, 0.3, 0.3, 0.7, 0.7]);
  expect(clock.now()).toBe(clock.monotonic());
});

test('real sockets work while a virtual clock does not move', async () => {
  const clock = virtualClock({ startAt });
  const server = createServer((_, response) => response.end(String(clock.serverTime.now()))).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const answer = await fetch(`http://127.0.0.1:${port}/`);

  expect(await answer.text()).toBe(String(startAt));
  expect(clock.now()).toBe(startAt);
});

test("a virtual clock works with a test runner's fake timers", async () => {
  vi.useFakeTimers();
  const clock = virtualClock();
  const { lines, write } = createLog();
  clock.schedule(0, write(clock, 'at once'));
  clock.schedule(10, write(clock, 'fired'));

  await clock.advance(10);

  expect(lines).toEqual(['at once at 0', 'fired at 10']);
});

/** One timer: its side, its delay, the delay of a child timer, and whether it is cancelled. */
const timer = record({
  isOutside: boolean(),
  delayMs: nat(50),
  childMs: integer({ min: 1, max: 20 }),
  isCancelled: boolean(),
});
/** One move of time: advance or suspend. */
const move = record({ ms: nat(40), isSleep: boolean() });

test('timers fire in the order of their due time, then of their creation, for any timers and moves', async () => {
  await assertAsync(
    asyncProperty(array(timer, { maxLength: 12 }), array(move, { maxLength: 5 }), async (timers, moves) => {
      const clock = virtualClock();
      const fired: string[] = [];
      timers.forEach(({ isOutside, delayMs, childMs, isCancelled }, index) => {
        const side = isOutside ? clock.serverTime : clock;
        const cancel = side.schedule(delayMs + 1, () => {
          fired.push(`${index}`);
          side.schedule(childMs, () => fired.push(`child of ${index}`));
        });
        if (isCancelled) cancel();
      });

      for (const { ms, isSleep } of moves) await (isSleep ? clock.suspend(ms) : clock.advance(ms));

      expect(fired).toEqual(expectedOrder(timers, moves));
    }),
    { numRuns: 300 },
  );
}, 20_000);

type TimerGiven = {
  readonly isOutside: boolean;
  readonly delayMs: number;
  readonly childMs: number;
  readonly isCancelled: boolean;
};
type MoveGiven = { readonly ms: number; readonly isSleep: boolean };

/** The reference model: computes the due time of each timer in server time and sorts. */
function expectedOrder(timers: readonly TimerGiven[], moves: readonly MoveGiven[]): readonly string[] {
  const endMs = moves.reduce((sum, { ms }) => sum + ms, 0);
  const toServerTime = (awakeMs: number): number => {
    let leftMs = awakeMs;
    let atMs = 0;
    for (const { ms, isSleep } of moves) {
      if (!isSleep && leftMs <= ms) return atMs + leftMs;
      if (!isSleep) leftMs -= ms;
      atMs += ms;
    }
    return Infinity;
  };
  const line = timers.flatMap(({ isOutside, delayMs, childMs, isCancelled }, index) => {
    const at = (ms: number): number => (isOutside ? ms : toServerTime(ms));
    const own = { name: `${index}`, atMs: at(delayMs + 1), generation: 0, order: index };
    const child = { name: `child of ${index}`, atMs: at(delayMs + 1 + childMs), generation: 1, order: own.atMs };
    return isCancelled ? [] : [own, child];
  });
  return line
    .filter(({ atMs }) => atMs <= endMs)
    .toSorted((one, other) => one.atMs - other.atMs || one.generation - other.generation || one.order - other.order)
    .map(({ name }) => name);
}
