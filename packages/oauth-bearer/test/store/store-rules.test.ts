import { expect, test } from 'vitest';
import { storeRules } from '../../src/store/store-rules.ts';
import type { StoreRules } from '../../src/store/store-rules.ts';
import { ruleMutations } from './rule-mutations.ts';
import { searchFleet } from './search-fleet.ts';

const everyFault = { crashes: 1, losses: 1, lost: 1, isSlow: true };

test('two replicas keep every promise in all orders of a crash, a lost store, a lost answer and a mass revocation', () => {
  const { violation, isComplete, states } = searchFleet({ replicas: 2, faults: everyFault });

  expect(violation).toBeUndefined();
  expect(isComplete).toBe(true);
  expect(states).toBeGreaterThan(10_000);
});

test.each([2, 3])(
  'without faults %i replicas make one request at the start and one after a mass revocation',
  (replicas) => {
    const { violation, isComplete, requests } = searchFleet({ replicas });

    expect(violation).toBeUndefined();
    expect(isComplete).toBe(true);
    expect(requests).toEqual([2]);
  },
);

test.each(Object.entries(ruleMutations))('the search finds the wrong rule: %s', (_, mutated) => {
  const rules: StoreRules = { ...storeRules, ...mutated };

  const calm = searchFleet({ replicas: 2, rules });
  const { violation } = calm.violation === undefined ? searchFleet({ replicas: 2, rules, faults: everyFault }) : calm;

  expect(violation ?? `${calm.requests.join()} requests`).toMatchSnapshot();
  expect(violation !== undefined || calm.requests.some((count) => count !== 2)).toBe(true);
});
