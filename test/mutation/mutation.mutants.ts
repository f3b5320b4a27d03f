import { expect, test } from 'vitest';
import { copyRepository } from './copy-repository.ts';
import { findFailures, findKiller } from './try-mutant.ts';
import { mutants } from './index.ts';
import type { Mutant } from './mutant.ts';
import { TestProcess } from './test-process.ts';

const wanted = process.env['MUTANTS'] ?? '';
const workers = Number(process.env['MUTANT_WORKERS'] ?? 1);

/** The smallest share of the mutants, without the equivalent ones, that tests must find. */
const smallestShare = 0.95;

interface Verdict {
  readonly mutant: Mutant;
  readonly killer: string | undefined;
}

const isWanted = ({ file }: Mutant): boolean => file.startsWith(`packages/${wanted}/`) || file.endsWith(wanted);

// The result of the run is for a person.
// oxlint-disable-next-line no-console
const print = (line: string): void => console.info(line);

async function tryAll(queue: Mutant[], verdicts: Verdict[]): Promise<void> {
  const copy = copyRepository();
  const tests = new TestProcess(copy.root);
  try {
    expect(await findFailures(queue, tests), 'the unchanged copy must be green').toEqual([]);
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const killer = await findKiller(mutant, { root: copy.root, tests });
      verdicts.push({ mutant, killer });
      print(`${killer === undefined ? 'SURVIVED' : 'killed'} ${describe(mutant)}${killer ? ` — ${killer}` : ''}`);
    }
  } finally {
    tests.stop();
    copy.remove();
  }
}

const describe = ({ file, from, to }: Mutant): string => `${file}: ${JSON.stringify(from)} → ${JSON.stringify(to)}`;

test('the tests of a package find its mutants', { timeout: 12 * 3_600_000 }, async () => {
  const queue = mutants.filter(isWanted);
  const verdicts: Verdict[] = [];

  await Promise.all(Array.from({ length: workers }, () => tryAll(queue, verdicts)));

  const survivors = verdicts.filter(({ killer }) => killer === undefined).map(({ mutant }) => mutant);
  const equivalent = survivors.filter((mutant) => mutant.equivalent !== undefined);
  const killed = verdicts.length - survivors.length;
  print(`${verdicts.length} mutants: ${killed} killed, ${survivors.length} survived, ${equivalent.length} equivalent`);
  expect(killed / (verdicts.length - equivalent.length)).toBeGreaterThanOrEqual(smallestShare);
});
