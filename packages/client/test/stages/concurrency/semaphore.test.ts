import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { Gate } from '../../../src/stages/concurrency/semaphore.ts';
import type { Patience } from '../../../src/stages/concurrency/semaphore.ts';
import { caught } from '../../caught.ts';

const clock = virtualClock();
const patient = (changes: Partial<Patience> = {}): Patience => ({
  maxWaitMs: 1_000,
  isFirst: false,
  signal: new AbortController().signal,
  clock,
  ...changes,
});

test('so many are let in, and no more', async () => {
  const gate = new Gate(2, 0);

  const entered = await Promise.all([1, 2, 3].map(() => gate.enter(patient())));

  expect(entered).toEqual([true, true, false]);
});

test('those who wait are let in in the order in which they came, and those who go first before them', async () => {
  const gate = new Gate(1, 9);
  const order: string[] = [];
  const come = async (name: string, isFirst: boolean): Promise<void> => {
    await gate.enter(patient({ isFirst }));
    order.push(name);
    gate.leave();
  };

  await gate.enter(patient());
  const all = [come('a', false), come('b', false), come('back', true)];
  gate.leave();
  await Promise.all(all);

  expect(order).toEqual(['back', 'a', 'b']);
  expect(gate.isIdle).toBe(true);
});

test('a wait ends after its time, and the place goes to the next', async () => {
  const gate = new Gate(1, 9);

  await gate.enter(patient());
  const impatient = gate.enter(patient({ maxWaitMs: 10 }));
  const other = gate.enter(patient({ maxWaitMs: 100 }));
  await clock.advance(10);
  gate.leave();

  expect(await Promise.all([impatient, other])).toEqual([false, true]);
});

test('a wait that is called off ends with its reason, and leaves nothing behind', async () => {
  const gate = new Gate(1, 9);
  const caller = new AbortController();

  await gate.enter(patient());
  const waiting = caught(() => gate.enter(patient({ signal: caller.signal })));
  caller.abort(new Error('user left'));
  gate.leave();

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
      const gate = new Gate(limit, 3);
      const waiting = new Set<AbortController>();
      let inside = 0;
      const come = async (isFirst: boolean): Promise<void> => {
        const caller = new AbortController();
        waiting.add(caller);
        try {
          const maxWaitMs = isFirst ? Infinity : 50;
          if (await gate.enter({ maxWaitMs, isFirst, signal: caller.signal, clock: time })) inside += 1;
        } catch {
          // called off
        }
        waiting.delete(caller);
      };
      for (const { act, pick } of history) {
        if (act === 'come' || act === 'return') void come(act === 'return');
        if (act === 'leave' && inside > 0) {
          inside -= 1;
          gate.leave();
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
        gate.leave();
      }
      expect([waiting.size, time.pending, gate.isIdle]).toEqual([0, 0, true]);
    }),
    { numRuns: 500 },
  );
});
