import { expect, test } from 'vitest';
import { tryHistories } from './histories.ts';

test('whatever happens in whatever order, a token keeps its promises', { timeout: 120_000 }, async () => {
  const counts = await tryHistories({ steps: 30, seed: 1 });

  expect(counts.published).toBeGreaterThan(2_000);
  expect(counts.rotations).toBeGreaterThan(400);
  expect(counts.redos).toBeGreaterThan(5);
  expect(counts.failures).toBeGreaterThan(400);
  expect(counts.recoveries).toBeGreaterThan(100);
  expect(counts.ghosts).toBeGreaterThan(20);
});
