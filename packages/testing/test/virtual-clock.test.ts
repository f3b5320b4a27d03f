import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Clock } from '@bearings/client';
import { array, assert as assertAsync, asyncProperty, boolean, integer, nat, record } from 'fast-check';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { virtualClock } from '../src/virtual-clock.ts';

const startAt = Date.UTC(2026, 0, 1);

afterEach(() => void vi.useRealTimers());

/** What fired, and at which monotonic time of its clock. */
function diary(): { readonly lines: string[]; readonly write: (clock: Clock, what: string) => () => void } {
  const lines: string[] = [];
  return { lines, write: (clock, what) => () => void lines.push(`${what} at ${clock.monotonic()}`) };
}

test('time stands still until it is told to move', async () => {
  const clock = virtualClock({ startAt });
  clock.schedule(1, () => expect.unreachable());

  await clock.settle();

  expect([clock.now(), clock.monotonic()]).toEqual([startAt, 0]);
  expect([clock.serverTime.now(), clock.serverTime.monotonic()]).toEqual([startAt, 0]);
});

test('every clock starts at the same known moment', () => {
  expect(new Date(virtualClock().now()).toISOString()).toBe('2026-11-06T12:00:00.000Z');
});

test('advance moves wall time and monotonic time, here and outside', async () => {
  const clock = virtualClock({ startAt });

  await clock.advance(1_500);

  expect([clock.now(), clock.monotonic()]).toEqual([startAt + 1_500, 1_500]);
  expect([clock.serverTime.now(), clock.serverTime.monotonic()]).toEqual([startAt + 1_500, 1_500]);
});

test('timers fire when they are due, each seeing its own time, and those due together in the order they were set', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
  clock.schedule(30, write(clock, 'third'));
  clock.schedule(10, write(clock, 'first'));
  clock.schedule(10, write(clock, 'second'));
  clock.schedule(31, write(clock, 'late'));

  await clock.advance(30);

  expect(lines).toEqual(['first at 10', 'second at 10', 'third at 30']);
});

test('a timer set by a timer fires in the same move when it is due within it', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
  clock.schedule(10, () => {
    clock.schedule(10, write(clock, 'child'));
    clock.schedule(0, write(clock, 'at once'));
    clock.schedule(11, write(clock, 'late'));
  });

  await clock.advance(20);

  expect(lines).toEqual(['at once at 10', 'child at 20']);
  expect(clock.waits).toEqual([1]);
});

test('what a timer sets in motion has its turns before time moves on', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
  const nap = (ms: number): Promise<void> => new Promise((resolve) => void clock.schedule(ms, resolve));
  const walk = async (): Promise<void> => {
    await nap(10);
    await nap(10);
    write(clock, 'arrived')();
  };

  const walked = walk();
  clock.schedule(25, write(clock, 'later'));
  await clock.advance(30);
  await walked;

  expect(lines).toEqual(['arrived at 20', 'later at 25']);
});

test('what is under way goes on before time moves', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();

  void (async () => {
    await Promise.resolve();
    clock.schedule(5, write(clock, 'set late'));
  })();
  await clock.advance(5);

  expect(lines).toEqual(['set late at 5']);
});

test.each([0, -5])(
  'a delay of %d is due at once: it happens by itself, later than the line that set it',
  async (ms) => {
    const clock = virtualClock();
    const { lines, write } = diary();

    clock.schedule(ms, write(clock, 'here'));
    clock.serverTime.schedule(ms, write(clock, 'outside'));
    const before = [...lines];
    await clock.settle();

    expect(before).toEqual([]);
    expect(lines).toEqual(['here at 0', 'outside at 0']);
    expect(clock.pending).toBe(0);
  },
);

test.each([0, 10])(
  'a timer of %d ms that was called off never fires, and calling it off twice is harmless',
  async (ms) => {
    const clock = virtualClock();
    const cancel = clock.schedule(ms, () => expect.unreachable());

    cancel();
    cancel();
    await clock.advance(20);

    expect(clock.pending).toBe(0);
  },
);

test('calling off what has fired is harmless', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
  const cancel = clock.schedule(10, write(clock, 'fired'));

  await clock.advance(10);
  cancel();
  await clock.advance(10);

  expect(lines).toEqual(['fired at 10']);
});

test('a timer may call off one that is due at the same moment', async () => {
  const clock = virtualClock();
  clock.schedule(10, () => cancel());
  const cancel = clock.schedule(10, () => expect.unreachable());

  await clock.advance(10);

  expect(clock.pending).toBe(0);
});

test('one can see what waits, nearest first', async () => {
  const clock = virtualClock();
  for (const ms of [300, 100, 200]) clock.schedule(ms, () => {});
  clock.serverTime.schedule(50, () => {});

  await clock.advance(40);

  expect(clock.waits).toEqual([60, 160, 260]);
  expect(clock.pending).toBe(3);
});

test('a delay beyond what setTimeout takes is kept to the millisecond; an endless one never ends', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
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

test('setting the clock of the machine, either way, moves its wall time alone', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = diary();
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

test('while the machine sleeps wall time goes on and its timers stand still: they fire later by that much', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = diary();
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

test('while the machine sleeps all goes on outside: both times, and the timers', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = diary();
  const { serverTime: outside } = clock;
  outside.schedule(300, () => {
    write(outside, 'answer')();
    outside.schedule(200, write(outside, 'next'));
  });
  outside.schedule(1_001, write(outside, 'late'));

  await clock.suspend(1_000);

  expect(lines).toEqual(['answer at 300', 'next at 500']);
  expect([outside.now(), outside.monotonic()]).toEqual([startAt + 1_000, 1_000]);
});

test('what an answer sets in motion while the machine sleeps sees the time of waking', async () => {
  const clock = virtualClock({ startAt });
  const answer = new Promise<void>((resolve) => void clock.serverTime.schedule(300, resolve));
  const receivedAt = (async () => {
    await answer;
    return clock.now();
  })();

  await clock.suspend(1_000);

  expect(await receivedAt).toBe(startAt + 1_000);
});

test('what is under way goes on before the machine falls asleep', async () => {
  const clock = virtualClock({ startAt });
  const sentAt = (async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return clock.now();
  })();

  await clock.suspend(1_000);

  expect(await sentAt).toBe(startAt);
});

test('timers here and outside fire in one order, also after a sleep', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
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

test('moves that are begun together happen one after another', async () => {
  const clock = virtualClock({ startAt });
  const { lines, write } = diary();
  for (const ms of [50, 60, 150]) clock.schedule(ms, write(clock, 'fired'));

  await Promise.all([clock.advance(100), clock.suspend(1_000), clock.advance(100)]);

  expect(lines).toEqual(['fired at 50', 'fired at 60', 'fired at 150']);
  expect([clock.now(), clock.monotonic()]).toEqual([startAt + 1_200, 200]);
});

test('what a timer throws comes out of the move, at that moment, and the clock goes on', async () => {
  const clock = virtualClock();
  const { lines, write } = diary();
  clock.schedule(10, () => {
    throw new Error('burnt');
  });
  clock.schedule(10, write(clock, 'next'));

  await expect(clock.advance(50)).rejects.toThrow('burnt');
  const stoppedMs = clock.monotonic();
  await clock.advance(50);

  expect(stoppedMs).toBe(10);
  expect(lines).toEqual(['next at 10']);
  expect(clock.monotonic()).toBe(60);
});

test('what a timer outside throws ends the sleep, at that moment', async () => {
  const clock = virtualClock({ startAt });
  clock.serverTime.schedule(10, () => {
    throw new Error('burnt');
  });

  await expect(clock.suspend(50)).rejects.toThrow('burnt');

  expect([clock.now(), clock.serverTime.now(), clock.monotonic()]).toEqual([startAt + 10, startAt + 10, 0]);
});

test('what is due at once and throws comes out of the move too, all of it', async () => {
  const clock = virtualClock();
  const burn = (what: string) => () => {
    throw new Error(what);
  };

  clock.schedule(0, burn('alone'));
  await expect(clock.settle()).rejects.toThrow('alone');
  clock.schedule(0, burn('one'));
  clock.schedule(0, burn('two'));

  await expect(clock.advance(1)).rejects.toMatchObject({ errors: [{ message: 'one' }, { message: 'two' }] });
});

test.each([-1, Number.NaN, Infinity, -Infinity])('time cannot move by %d', async (ms) => {
  const clock = virtualClock({ startAt });

  await expect(clock.advance(ms)).rejects.toThrow(
    new TypeError(`advance takes a number of milliseconds from 0 up, not ${ms}`),
  );
  await expect(clock.suspend(ms)).rejects.toThrow(
    new TypeError(`suspend takes a number of milliseconds from 0 up, not ${ms}`),
  );
  expect(clock.now()).toBe(startAt);
});

test('a wall time, a jump and a delay that are no numbers are told', () => {
  const clock = virtualClock();

  expect(() => virtualClock({ startAt: Number.NaN })).toThrow(/startAt takes .*, not NaN/);
  expect(() => clock.jumpWall(Infinity)).toThrow(/jumpWall takes .*, not Infinity/);
  expect(() => clock.schedule(Number.NaN, () => {})).toThrow(/schedule takes .*, not NaN/);
});

test('fractions of milliseconds add up alike on both times', async () => {
  const clock = virtualClock({ startAt: 0 });
  const seen: number[] = [];
  for (const ms of [0.1, 0.3, 0.7]) clock.schedule(ms, () => seen.push(clock.monotonic(), clock.now()));

  await clock.advance(0.9);

  expect(seen).toEqual([0.1, 0.1, 0.3, 0.3, 0.7, 0.7]);
  expect(clock.now()).toBe(clock.monotonic());
});

test('real sockets answer while a virtual clock stands still', async () => {
  const clock = virtualClock({ startAt });
  const server = createServer((_, response) => response.end(String(clock.serverTime.now()))).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const answer = await fetch(`http://127.0.0.1:${port}/`);

  expect(await answer.text()).toBe(String(startAt));
  expect(clock.now()).toBe(startAt);
});

test("it moves under a test runner's fake timers too", async () => {
  vi.useFakeTimers();
  const clock = virtualClock();
  const { lines, write } = diary();
  clock.schedule(0, write(clock, 'at once'));
  clock.schedule(10, write(clock, 'fired'));

  await clock.advance(10);

  expect(lines).toEqual(['at once at 0', 'fired at 10']);
});

/** One timer: where it waits, from when, for how long, and whether it is called off in the end. */
const timer = record({
  isOutside: boolean(),
  delayMs: nat(50),
  childMs: integer({ min: 1, max: 20 }),
  isOff: boolean(),
});
/** One move: the machine sleeps or not. */
const move = record({ ms: nat(40), isSleep: boolean() });

test('whatever is set, called off and moved, all fires by when it is due, and then by who came first', async () => {
  await assertAsync(
    asyncProperty(array(timer, { maxLength: 12 }), array(move, { maxLength: 5 }), async (timers, moves) => {
      const clock = virtualClock();
      const fired: string[] = [];
      timers.forEach(({ isOutside, delayMs, childMs, isOff }, index) => {
        const side = isOutside ? clock.serverTime : clock;
        const cancel = side.schedule(delayMs + 1, () => {
          fired.push(`${index}`);
          side.schedule(childMs, () => fired.push(`child of ${index}`));
        });
        if (isOff) cancel();
      });

      for (const { ms, isSleep } of moves) await (isSleep ? clock.suspend(ms) : clock.advance(ms));

      expect(fired).toEqual(modelOf(timers, moves));
    }),
    { numRuns: 300 },
  );
}, 20_000);

type TimerGiven = {
  readonly isOutside: boolean;
  readonly delayMs: number;
  readonly childMs: number;
  readonly isOff: boolean;
};
type MoveGiven = { readonly ms: number; readonly isSleep: boolean };

/** The same, by adding up: when each timer is due in the time outside, and a list that is sorted. */
function modelOf(timers: readonly TimerGiven[], moves: readonly MoveGiven[]): readonly string[] {
  const endMs = moves.reduce((sum, { ms }) => sum + ms, 0);
  const inTimeOutside = (awakeMs: number): number => {
    let leftMs = awakeMs;
    let atMs = 0;
    for (const { ms, isSleep } of moves) {
      if (!isSleep && leftMs <= ms) return atMs + leftMs;
      if (!isSleep) leftMs -= ms;
      atMs += ms;
    }
    return Infinity;
  };
  const line = timers.flatMap(({ isOutside, delayMs, childMs, isOff }, index) => {
    const at = (ms: number): number => (isOutside ? ms : inTimeOutside(ms));
    const own = { name: `${index}`, atMs: at(delayMs + 1), generation: 0, order: index };
    const child = { name: `child of ${index}`, atMs: at(delayMs + 1 + childMs), generation: 1, order: own.atMs };
    return isOff ? [] : [own, child];
  });
  return line
    .filter(({ atMs }) => atMs <= endMs)
    .toSorted((one, other) => one.atMs - other.atMs || one.generation - other.generation || one.order - other.order)
    .map(({ name }) => name);
}
