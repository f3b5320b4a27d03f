import { expect, test } from 'vitest';
import { simulateFleet } from './simulation.ts';

test('100 replicas make one token request in each part of a day, two store calls each at a renewal, and no call fails', async () => {
  const parts = await simulateFleet({ replicas: 100, seed: 1 });

  expect(parts.map(({ tokenRequests }) => tokenRequests)).toEqual([1, 1, 1, 0, 1]);
  expect(parts.map(({ failedCalls }) => failedCalls)).toEqual([0, 0, 0, 0, 0]);
  expect(parts[1]?.storeCalls).toBeLessThanOrEqual(2 * 100);
  expect(parts[3]?.storeCalls).toBe(0);
});
