import { expect, test } from 'vitest';
import { AtomicReference } from '../../src/token/atomic-reference.ts';

test('load returns what was stored', () => {
  const first = {};
  const second = {};
  const swap = new AtomicReference(first);

  swap.store(second);

  expect(swap.load()).toBe(second);
});

test('compareAndSwap stores when the value is the expected one', () => {
  const first = {};
  const second = {};
  const swap = new AtomicReference(first);

  expect(swap.compareAndSwap(first, second)).toBe(true);
  expect(swap.load()).toBe(second);
});

test('compareAndSwap changes nothing when the value is another one', () => {
  const first = {};
  const second = {};
  const swap = new AtomicReference(first);
  swap.store(second);

  expect(swap.compareAndSwap(first, {})).toBe(false);
  expect(swap.load()).toBe(second);
});
