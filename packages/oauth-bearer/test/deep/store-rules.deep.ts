import { expect, test } from 'vitest';
import { searchFleet } from '../store/search-fleet.ts';

test('three replicas keep every promise in all orders of a crash, a lost store, a lost answer and a mass revocation', () => {
  const faults = { crashes: 1, losses: 1, lost: 1, isSlow: true };

  const { violation, isComplete, states } = searchFleet({ replicas: 3, faults });

  expect(violation).toBeUndefined();
  expect(isComplete).toBe(true);
  expect(states).toBeGreaterThan(300_000);
});
