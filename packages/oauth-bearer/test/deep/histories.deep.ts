import { expect, test } from 'vitest';
import { runs, tryHistories } from '../model/histories.ts';
import { seedOfRun, report } from './report.ts';

test(
  'whatever happens in whatever order and for long, a token keeps its promises',
  { timeout: 3_600_000 },
  async () => {
    const seed = seedOfRun();

    const counts = await tryHistories({ steps: 50, seed });

    report('histories', { seed, runs, ...counts });
    expect(counts.published).toBeGreaterThan(runs);
    expect(counts.redos).toBeGreaterThan(runs / 100);
  },
);
