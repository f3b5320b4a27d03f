import { array, assert, asyncProperty, constantFrom, integer, record } from 'fast-check';
import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { Semaphore } from '../../../src/stages/concurrency/semaphore.ts';
import type { WaitOptions } from '../../../src/stages/concurrency/semaphore.ts';
import { CancelScope } from '../../../src/core/cancel-scope.ts';
import { caught } from '../../caught.ts';

const clock = virtualClock();
const options = (changes: Partial<WaitOptions> = {}): WaitOptions => ({
  maxWaitMs: 1_000,
  hasPriority: false,
  clock,
  ...changes,
});

test('no more than the limit get a permit', async () => {
  const semaphore = new Semaphore(2, 0);

  const entered = await Promise.all([1, 2, 3].map(() => semaphore.acquire(new CancelScope(), options())));

  expect(entered).toEqual([true, true, false]);
});

test('waiters get permits in their order, those with priority first', async () => {
  const semaphore = new Semaphore(1, 9);
  const order: string[] = [];
  const come = async (name: string, hasPriority: boolean): Promise<void> => {
    await semaphore.acquire(new CancelScope(), options({ hasPriority }));
    order.push(name);
    semaphore.release();
  };

  await semaphore.acquire(new CancelScope(), options());
  const all = [come('a', false), come('b', false), come('back', true)];
  semaphore.release();
  await Promise.all(all);

  expect(order).toEqual(['back', 'a', 'b']);
  expect(semaphore.isIdle).toBe(true);
});

test('a wait ends after its time, and the permit goes to the next waiter', async () => {
  const semaphore = new Semaphore(1, 9);

  await semaphore.acquire(new CancelScope(), options());
  const impatient = semaphore.acquire(new CancelScope(), options({ maxWaitMs: 10 }));
  const other = semaphore.acquire(new CancelScope(), options({ maxWaitMs: 100 }));
  await clock.advance(10);
  semaphore.release();

  expect(await Promise.all([impatient, other])).toEqual([false, true]);
});

test('an aborted wait ends with the reason, and leaves no timer and no waiter', async () => {
  const semaphore = new Semaphore(1, 9);
  const caller = new CancelScope();

  await semaphore.acquire(new CancelScope(), options());
  const waiting = caught(() => semaphore.acquire(caller, options()));
  caller.cancel(new Error('user left'));
  semaphore.release();

  expect((await waiting).message).toBe('user left');
  expect(semaphore.isIdle).toBe(true);
  expect(clock.pending).toBe(0);
});

const step = record({
  act: constantFrom('come', 'return', 'leave', 'abort', 'tick'),
  pick: integer({ min: 0, max: 9 }),
});

test('in any sequence the limit holds, no permit is lost, and no waiter waits beside a free permit', async () => {
  await assert(
    asyncProperty(integer({ min: 1, max: 3 }), array(step, { maxLength: 40 }), async (limit, history) => {
      const time = virtualClock();
      const semaphore = new Semaphore(limit, 3);
      const waiting = new Set<CancelScope>();
      let inside = 0;
      const come = async (hasPriority: boolean): Promise<void> => {
        const caller = new CancelScope();
        waiting.add(caller);
        try {
          const maxWaitMs = hasPriority ? Infinity : 50;
          if (await semaphore.acquire(caller, { maxWaitMs, hasPriority, clock: time })) inside += 1;
        } catch {
          // called off
        }
        waiting.delete(caller);
      };
      for (const { act, pick } of history) {
        if (act === 'come' || act === 'return') void come(act === 'return');
        if (act === 'leave' && inside > 0) {
          inside -= 1;
          semaphore.release();
        }
        if (act === 'abort') [...waiting][pick % Math.max(1, waiting.size)]?.cancel(new Error('left'));
        if (act === 'tick') await time.advance(pick * 10);
        if (pick % 2 === 0) await time.settle(); // else several acts fall into one turn
        expect(inside).toBeLessThanOrEqual(limit);
      }
      await time.settle();
      expect(waiting.size === 0 || inside === limit).toBe(true);
      for (; inside > 0; await time.settle()) {
        inside -= 1;
        semaphore.release();
      }
      expect([waiting.size, time.pending, semaphore.isIdle]).toEqual([0, 0, true]);
    }),
    { numRuns: 500 },
  );
});
