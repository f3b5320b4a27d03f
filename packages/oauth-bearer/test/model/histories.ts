import { assert, asyncModelRun, asyncProperty, commands } from 'fast-check';
import { amount } from '../../../../test/amount.ts';
import { addCounts, noCounts } from './counts.ts';
import type { Counts } from './counts.ts';
import { randomFrom } from './random-from.ts';
import { commandArbitraries, surroundings } from './command-arbitraries.ts';
import { World } from './world.ts';

/** The number of histories: many in the deep suite. */
export const runs: number = process.env['DEEP'] === undefined ? 500 : amount(5_000);

/** The length of histories, and the seed that decides which ones are tried. */
export interface HistoryOptions {
  readonly steps: number;
  readonly seed: number;
}

/**
 * Tries histories until one breaks a rule. fast-check then looks for a shorter one that breaks it too, and reports the
 * seed.
 *
 * @returns the counts of all histories, to check that they were not empty
 */
export async function tryHistories({ steps, seed }: HistoryOptions): Promise<Counts> {
  const sum = { ...noCounts };
  const lost: unknown[] = [];
  const note = (reason: unknown): void => void lost.push(reason);
  const lists = commands(commandArbitraries, { maxCommands: steps, size: 'max' });
  const property = asyncProperty(surroundings, lists, async (around, list) => {
    const world = await World.create({ ...around, random: randomFrom(around.seed) });
    for (const beat of around.beginning) await world.act([beat]);
    await asyncModelRun(() => ({ model: world.monitor, real: world }), list);
    await world.end();
    if (lost.length > 0) throw new Error('A rejection was lost', { cause: lost.splice(0) });
    addCounts(sum, world.monitor.counts);
  });
  process.on('unhandledRejection', note);
  try {
    await assert(property, { numRuns: runs, seed });
  } finally {
    process.off('unhandledRejection', note);
  }
  return sum;
}
