import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { createRetryBudget } from '../../../src/stages/retry/retry-budget.ts';
import { caught } from '../../caught.ts';
import { scriptedFetch, status, times } from '../../scripted.ts';

const url = 'https://api.test/';

test('retries use up the budget, and successful calls fill it up to the reserve', () => {
  const budget = createRetryBudget({ ratio: 0.5, reserve: 2 });

  const first = [budget.tryTake(), budget.tryTake(), budget.tryTake()];
  budget.deposit();
  const half = budget.tryTake();
  for (let count = 0; count < 10; count += 1) budget.deposit();
  const full = [budget.tryTake(), budget.tryTake(), budget.tryTake()];

  expect(first).toEqual([true, true, false]);
  expect(half).toBe(false);
  expect(full).toEqual([true, true, false]);
});

test('during an outage each call is sent once after the reserve is used up', async () => {
  const network = scriptedFetch(...times(200, status(503)));
  const client = createClient({ fetch: network, random: () => 0 });

  for (let count = 0; count < 50; count += 1) await client.fetch(url);

  expect(network.sent).toHaveLength(50 + 10);
});

test('a client, its extended clients and all their calls share one budget', async () => {
  const network = scriptedFetch(...times(99, status(503)));
  const client = createClient({ fetch: network, random: () => 0, retry: { budget: { reserve: 1 }, limit: 1 } });

  await client.fetch(url);
  await caught(() => client.extend({ headers: { a: 'b' } }).get(url));

  expect(network.sent).toHaveLength(3);
});

test('a client or one call can disable the budget', async () => {
  const network = scriptedFetch(...times(99, status(503)));
  const frugal = createClient({ fetch: network, random: () => 0, retry: { budget: { reserve: 0 } } });
  const free = createClient({ fetch: network, random: () => 0, retry: { budget: false, limit: 12 } });

  await frugal.fetch(url);
  const without = network.sent.length;
  await frugal.fetch(url, { retry: { budget: false } });
  await free.fetch(url);

  expect([without, network.sent.length]).toEqual([1, 1 + 3 + 13]);
});

test.each([
  ['retry.budget.ratio', { ratio: -1 }],
  ['retry.budget.ratio', { ratio: Number.NaN }],
  ['retry.budget.reserve', { reserve: Infinity }],
])('a wrong %s is rejected when the client is created', async (field, budget) => {
  expect(await caught(() => createClient({ retry: { budget } }))).toMatchObject({ code: 'CONFIG', field });
});
