import { expect, test } from 'vitest';
import { amount } from '../../../../test/amount.ts';
import { simulateFleet } from '../store/simulation.ts';

test('5,000 replicas make one token request at each renewal, two store calls each, and at most 20,000 calls a second', async () => {
  const parts = await simulateFleet({ replicas: 5_000, seed: Number(process.env['SEED'] ?? 1) });

  expect(parts.map(({ tokenRequests }) => tokenRequests)).toEqual([1, 1, 1, 0, 1]);
  expect(parts.every(({ failedCalls }) => failedCalls === 0)).toBe(true);
  expect(parts[1]?.storeCalls).toBeLessThanOrEqual(2 * 5_000);
  expect(Math.max(...parts.map(({ peakPerSecond }) => peakPerSecond))).toBeLessThanOrEqual(20_000);
});

const many = amount(50_000);

test(`${many} replicas make one token request at each renewal, and no call fails`, { timeout: 900_000 }, async () => {
  const parts = await simulateFleet({ replicas: many, seed: Number(process.env['SEED'] ?? 1) });

  expect(parts.map(({ tokenRequests }) => tokenRequests)).toEqual([1, 1, 1, 0, 1]);
  expect(parts.every(({ failedCalls }) => failedCalls === 0)).toBe(true);
  expect(parts[1]?.storeCalls).toBeLessThanOrEqual(2 * many);
});
