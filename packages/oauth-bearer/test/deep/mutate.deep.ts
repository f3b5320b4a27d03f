import { expect, test } from 'vitest';
import { mutants } from './mutants.ts';
import type { Mutant } from './mutants.ts';
import { copyOfRepo, failingAnyway, findFate, isGreen, misfits, without } from './mutation.ts';
import type { Fate } from './mutation.ts';
import { report } from './report.ts';

const wanted = process.env['MUTANTS'];
const chosen = mutants.filter(({ file }) => wanted === undefined || wanted === file);
const workers = Number(process.env['MUTANT_WORKERS'] ?? 2);

interface Verdict {
  readonly mutant: Mutant;
  readonly fate: Fate;
}

async function work(queue: Mutant[], verdicts: Verdict[]): Promise<void> {
  const copy = copyOfRepo();
  try {
    const leftOut = await failingAnyway(copy);
    if (leftOut.length > 0) report('tests that fail on the original and are left out', { leftOut });
    if (!(await isGreen('examples', copy, without(leftOut)))) throw new Error('The tests fail on the original');
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      const fate = await findFate(mutant, copy, leftOut);
      verdicts.push({ mutant, fate });
      if (fate === 'none') report('a mutant lives', { ...mutant });
    }
  } finally {
    copy.remove();
  }
}

test('every mutant fits the source', () => {
  expect(misfits(mutants)).toEqual([]);
  expect(mutants.length).toBeGreaterThanOrEqual(60);
});

test('the model holds for the original, in a copy', { timeout: 600_000 }, async () => {
  const copy = copyOfRepo();

  const isRight = await isGreen('model', copy);
  copy.remove();

  expect(isRight).toBe(true);
});

test('no wrong change of the life of a token goes unnoticed', { timeout: 4 * 3_600_000 }, async () => {
  const queue = [...chosen];
  const verdicts: Verdict[] = [];

  await Promise.all(Array.from({ length: workers }, () => work(queue, verdicts)));

  const by = (fate: Fate): readonly Mutant[] =>
    verdicts.filter((each) => each.fate === fate).map(({ mutant }) => mutant);
  const living = by('none');
  const counts = { examples: by('examples').length, model: by('model').length, none: living.length };
  report('mutants', {
    all: verdicts.length,
    killedBy: counts,
    equivalent: living.filter((each) => each.equivalent).length,
  });
  report('only the model noticed', { mutants: by('model').map(({ file, from, to }) => `${file}: ${from} → ${to}`) });
  expect(living.filter(({ equivalent }) => equivalent === undefined)).toEqual([]);
});
