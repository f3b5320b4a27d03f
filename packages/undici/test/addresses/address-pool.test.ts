import { array, assert, constantFrom, integer, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { AddressPool, toKey } from '../../src/addresses/address-pool.ts';
import type { Verdict } from '../../src/addresses/address-pool.ts';

const three = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].map((address) => ({ address }));
const [first, second, third] = three as [(typeof three)[0], (typeof three)[0], (typeof three)[0]];

function scene() {
  const time = { now: 0 };
  const pool = new AddressPool({ ejectForMs: 1_000, maxBadResponses: 3 }, () => time.now);
  pool.update(three);
  const take = (count: number): readonly (string | undefined)[] =>
    Array.from({ length: count }, () => pool.take()?.address);
  return { pool, time, take };
}

test('instances are taken in turn', () => {
  const { take } = scene();

  const taken = take(6);

  expect(taken.slice(3)).toEqual(taken.slice(0, 3));
  expect(new Set(taken.slice(0, 3)).size).toBe(3);
});

test('an instance that cannot be reached is left out for its time, longer each time, and comes back', () => {
  const { pool, time, take } = scene();
  const isUsed = (): boolean => take(3).includes('10.0.0.2');

  pool.record(second, 'unreachable');
  const first1 = [isUsed(), (time.now = 999), isUsed(), (time.now = 1_000), isUsed()];
  pool.record(second, 'unreachable');
  const again = [(time.now = 2_999), isUsed(), (time.now = 3_000), isUsed()];

  expect(first1).toEqual([false, 999, false, 1_000, true]);
  expect(again).toEqual([2_999, false, 3_000, true]);
});

test('bad responses leave an instance out when there are several in a row, and a good one begins anew', () => {
  const { pool, take } = scene();

  for (const verdict of ['bad', 'bad', 'good', 'bad', 'bad'] as const) pool.record(first, verdict);
  const before = take(3).includes('10.0.0.1');
  pool.record(first, 'bad');

  expect([before, take(3).includes('10.0.0.1')]).toEqual([true, false]);
});

test('when all are left out, the one whose time is over first is taken', () => {
  const { pool, time, take } = scene();

  for (const [index, each] of three.entries()) {
    time.now = index;
    pool.record(each, 'unreachable');
  }

  expect(take(2)).toEqual(['10.0.0.1', '10.0.0.1']);
});

test('several failures at once are one', () => {
  const { pool, time, take } = scene();

  for (let count = 0; count < 20; count += 1) pool.record(second, 'unreachable');
  time.now = 1_000;

  expect(take(3)).toContain('10.0.0.2');
});

test('an instance that is no longer found is forgotten, and those that stay keep their state', () => {
  const { pool, take } = scene();
  pool.record(second, 'unreachable');
  pool.record(third, 'unreachable');

  pool.update([first, second]);
  pool.update(three);

  expect(new Set(take(4))).toEqual(new Set(['10.0.0.1', '10.0.0.3']));
});

test('a request is never given an instance twice, and always one while there is an untried one', () => {
  const step = record({
    at: integer({ min: 0, max: 2 }),
    verdict: constantFrom<Verdict>('good', 'bad', 'unreachable'),
  });
  assert(
    property(array(step, { maxLength: 40 }), (steps) => {
      const { pool, time } = scene();
      for (const { at, verdict } of steps) {
        time.now += 100;
        pool.record(three[at] ?? first, verdict);
      }
      const tried = new Set<string>();
      for (let count = 0; count < 3; count += 1) tried.add(toKey(pool.take(tried) ?? first));

      expect(tried.size).toBe(3);
      expect(pool.take(tried)).toBeUndefined();
    }),
  );
});
