import { test } from 'vitest';
import { amount } from '../amount.ts';
import { tryHistories } from './concurrency-histories.ts';

/** A thousand take about two seconds. */
const numRuns = amount(5_000);
const seed = Number(process.env['SEED'] ?? Math.trunc(Math.random() * 2 ** 31));

test(`a token keeps its promises in ${numRuns} random histories`, { timeout: 20_000 + 20 * numRuns }, async () => {
  await tryHistories({ numRuns, seed });
});
