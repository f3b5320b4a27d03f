import { expect, test } from 'vitest';
import { createClient } from '../../../src/client.ts';
import { createRetryBudget } from '../../../src/stages/retry/retry-budget.ts';
import { caught } from '../../caught.ts';
import { scriptedFetch, status, times } from '../../scripted.ts';

const url = 'https://api.test/';

test('a budget is used up by retries and filled by what goes well, up to its reserve', () => {
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

test('an outage is not multiplied: after the reserve, each call is sent once', async () => {
  const network = scriptedFetch(...times(200, status(503)));
  const client = createClient({ fetch: network, random: () => 0 });

  for (let count = 0; count < 50; count += 1) await client.fetch(url);

  expect(network.sent).toHaveLength(50 + 10);
});

test('doors made from a client share its budget, and so do its calls', async () => {
  const network = scriptedFetch(...times(99, status(503)));
  const client = createClient({ fetch: network, random: () => 0, retry: { budget: { reserve: 1 }, limit: 1 } });

  await client.fetch(url);
  await caught(() => client.extend({ headers: { a: 'b' } }).get(url));

  expect(network.sent).toHaveLength(3);
});

test('a client, or one call, may do without a budget', async () => {
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
])('a wrong %s is told when the client is made', async (field, budget) => {
  expect(await caught(() => createClient({ retry: { budget } }))).toMatchObject({ code: 'CONFIG', field });
});
