import { expect, test } from 'vitest';
import { tryHistories } from './histories.ts';

test('a token keeps its promises in every tried order of events', { timeout: 120_000 }, async () => {
  const counts = await tryHistories({ steps: 30, seed: 1 });

  expect(counts.published).toBeGreaterThan(500);
  expect(counts.rotations).toBeGreaterThan(100);
  expect(counts.redos).toBeGreaterThan(1);
  expect(counts.failures).toBeGreaterThan(100);
  expect(counts.recoveries).toBeGreaterThan(25);
  expect(counts.ghosts).toBeGreaterThan(5);
});
