import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { Semaphore } from '../../../src/stages/concurrency/semaphore.ts';
import type { AcquireOptions } from '../../../src/stages/concurrency/semaphore.ts';
import { caught } from '../../caught.ts';

const clock = virtualClock();
const patient = (changes: Partial<AcquireOptions> = {}): AcquireOptions => ({
  maxWaitMs: 1_000,
  hasPriority: false,
  signal: new AbortController().signal,
  clock,
  ...changes,
});

test('so many are let in, and no more', async () => {
  const gate = new Semaphore(2, 0);

  const entered = await Promise.all([1, 2, 3].map(() => gate.acquire(patient())));

  expect(entered).toEqual([true, true, false]);
});

test('those who wait are let in in the order in which they came, and those who go first before them', async () => {
  const gate = new Semaphore(1, 9);
  const order: string[] = [];
  const come = async (name: string, isFirst: boolean): Promise<void> => {
    await gate.acquire(patient({ hasPriority: isFirst }));
    order.push(name);
    gate.release();
  };

  await gate.acquire(patient());
  const all = [come('a', false), come('b', false), come('back', true)];
  gate.release();
  await Promise.all(all);

  expect(order).toEqual(['back', 'a', 'b']);
  expect(gate.isIdle).toBe(true);
});

test('a wait ends after its time, and the place goes to the next', async () => {
  const gate = new Semaphore(1, 9);

  await gate.acquire(patient());
  const impatient = gate.acquire(patient({ maxWaitMs: 10 }));
  const other = gate.acquire(patient({ maxWaitMs: 100 }));
  await clock.advance(10);
  gate.release();

  expect(await Promise.all([impatient, other])).toEqual([false, true]);
});

test('a wait that is called off ends with its reason, and leaves nothing behind', async () => {
  const gate = new Semaphore(1, 9);
  const caller = new AbortController();

  await gate.acquire(patient());
  const waiting = caught(() => gate.acquire(patient({ signal: caller.signal })));
  caller.abort(new Error('user left'));
  gate.release();

  expect((await waiting).message).toBe('user left');
  expect(gate.isIdle).toBe(true);
  expect(clock.pending).toBe(0);
});

const step = record({
  act: constantFrom('come', 'return', 'leave', 'abort', 'tick'),
  pick: integer({ min: 0, max: 9 }),
});

test('in any history nobody is let in beyond the limit, no place is lost, and nobody waits beside a free place', async () => {
  await assert(
    asyncProperty(integer({ min: 1, max: 3 }), array(step, { maxLength: 40 }), async (limit, history) => {
      const time = virtualClock();
      const gate = new Semaphore(limit, 3);
      const waiting = new Set<AbortController>();
      let inside = 0;
      const come = async (isFirst: boolean): Promise<void> => {
        const caller = new AbortController();
        waiting.add(caller);
        try {
          const maxWaitMs = isFirst ? Infinity : 50;
          if (await gate.acquire({ maxWaitMs, hasPriority: isFirst, signal: caller.signal, clock: time })) inside += 1;
        } catch {
          // called off
        }
        waiting.delete(caller);
      };
      for (const { act, pick } of history) {
        if (act === 'come' || act === 'return') void come(act === 'return');
        if (act === 'leave' && inside > 0) {
          inside -= 1;
          gate.release();
        }
        if (act === 'abort') [...waiting][pick % Math.max(1, waiting.size)]?.abort();
        if (act === 'tick') await time.advance(pick * 10);
        if (pick % 2 === 0) await time.settle(); // else several acts fall into one turn
        expect(inside).toBeLessThanOrEqual(limit);
      }
      await time.settle();
      expect(waiting.size === 0 || inside === limit).toBe(true);
      for (; inside > 0; await time.settle()) {
        inside -= 1;
        gate.release();
      }
      expect([waiting.size, time.pending, gate.isIdle]).toEqual([0, 0, true]);
    }),
    { numRuns: 500 },
  );
});
