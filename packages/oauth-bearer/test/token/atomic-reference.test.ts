import { expect, test } from 'vitest';
import { AtomicReference } from '../../src/token/atomic-reference.ts';

test('what was stored is what is loaded', () => {
  const first = {};
  const second = {};
  const swap = new AtomicReference(first);

  swap.store(second);

  expect(swap.load()).toBe(second);
});

test('an exchange takes place when nobody came before', () => {
  const first = {};
  const second = {};
  const swap = new AtomicReference(first);

  expect(swap.compareAndSwap(first, second)).toBe(true);
  expect(swap.load()).toBe(second);
});

test('an exchange that comes too late changes nothing', () => {
  const first = {};
  const second = {};
  const swap = new AtomicReference(first);
  swap.store(second);

  expect(swap.compareAndSwap(first, {})).toBe(false);
  expect(swap.load()).toBe(second);
});
