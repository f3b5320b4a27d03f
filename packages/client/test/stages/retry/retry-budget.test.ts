import { virtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createRetryBudget } from '../../../src/stages/retry/retry-budget.ts';
import type { RetryBudget, RetryBudgetOptions } from '../../../src/stages/retry/retry-budget.ts';
import { systemClock } from '../../../src/index.ts';
import type { Clock } from '../../../src/index.ts';
import { createClient } from '../../../src/client.ts';
import { scriptedFetch, status, times } from '../../scripted.ts';
import { caught } from '../../caught.ts';

/** How many retries are left. Takes them all. */
function takeAll(budget: RetryBudget): number {
  let taken = 0;
  while (taken < 10_000 && budget.tryTake()) taken += 1;
  return taken;
}

function countCalls(budget: RetryBudget, calls: number): void {
  for (let count = 0; count < calls; count += 1) budget.countCall();
}

test('a client without calls has 10 retries a second, counted over 10 seconds', async () => {
  const clock = virtualClock();
  const budget = createRetryBudget({}, clock);

  expect(takeAll(budget)).toBe(100);
  await clock.advance(5_000);
  expect(takeAll(budget)).toBe(0);
  await clock.advance(5_000);
  expect(takeAll(budget)).toBe(100);
});

test('each call adds a fifth of a retry, for 10 seconds', async () => {
  const clock = virtualClock();
  const budget = createRetryBudget({}, clock);

  countCalls(budget, 1_000);
  await clock.advance(9_000);
  expect(takeAll(budget)).toBe(300);
  await clock.advance(11_000);
  countCalls(budget, 1_000);
  await clock.advance(10_000);
  expect(takeAll(budget)).toBe(100);
});

test('both parts can be set', () => {
  const budget = createRetryBudget({ ratio: 0.5, minPerSecond: 0 }, virtualClock());

  expect(takeAll(budget)).toBe(0);
  countCalls(budget, 10);
  expect(takeAll(budget)).toBe(5);
});

test.each<[string, RetryBudgetOptions]>([
  ['ratio', { ratio: -1 }],
  ['ratio', { ratio: Number.NaN }],
  ['minPerSecond', { minPerSecond: Infinity }],
])('a wrong %s is refused', async (name, options) => {
  const error = await caught(() => createRetryBudget(options, virtualClock()));

  expect(error).toMatchObject({ code: 'CONFIG', field: `retry.budget.${name}` });
});

const url = 'https://api.test/';
/** One retry in 10 seconds. */
const one = { ratio: 0, minPerSecond: 0.1 };

test('an outage is not multiplied: when the budget is used up, each call is sent once', async () => {
  const network = scriptedFetch(...times(400, status(503)));
  const client = createClient({ fetch: network, random: () => 0, clock: instantClock() });

  for (let count = 0; count < 150; count += 1) await client.fetch(url);

  expect(network.sent.length).toBe(150 + 100 + 150 / 5);
});

test('clients made from a client share its budget, and so do its calls', async () => {
  const network = scriptedFetch(...times(99, status(503)));
  const retry = { budget: one, limit: 1 };
  const client = createClient({ fetch: network, random: () => 0, clock: instantClock(), retry });

  await client.fetch(url);
  await caught(() => client.extend({ headers: { a: 'b' } }).get(url));

  expect(network.sent).toHaveLength(3);
});

test('a client, or one call, may do without a budget', async () => {
  const network = scriptedFetch(...times(99, status(503)));
  const none = { ratio: 0, minPerSecond: 0 };
  const frugal = createClient({ fetch: network, random: () => 0, retry: { budget: none } });
  const free = createClient({ fetch: network, random: () => 0, retry: { budget: false, limit: 12 } });

  await frugal.fetch(url);
  const without = network.sent.length;
  await frugal.fetch(url, { retry: { budget: false } });
  await free.fetch(url);

  expect([without, network.sent.length]).toEqual([1, 1 + 3 + 13]);
});

/** A clock that always shows the same time, and whose timers fire at once. */
function instantClock(): Clock {
  return { now: () => 0, monotonic: () => 0, schedule: (_delayMs, act) => systemClock.schedule(0, act) };
}
