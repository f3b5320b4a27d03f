import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { repositoryRoot } from './copy-repository.ts';
import type { Mutant } from './mutant.ts';
import type { TestProcess } from './test-process.ts';

/** Where mutants are tried. */
export interface MutationContext {
  /** The root of a copy of the repository. */
  readonly root: string;
  readonly tests: TestProcess;
}

/**
 * Puts a mutant in the place of the original, runs the tests of the package, and puts the original back.
 *
 * The tests with the same path as the source run first, because they find most mutants.
 *
 * @returns the test that found the mutant; `undefined` when none did
 */
export async function findKiller({ file, from, to }: Mutant, context: MutationContext): Promise<string | undefined> {
  const { root, tests } = context;
  const changed = join(root, file);
  const original = readFileSync(changed, 'utf8');
  writeFileSync(
    changed,
    original.replace(from, () => to),
  );
  try {
    for (const files of nearestTests(file)) {
      const { failed } = await tests.run({ changed, files, stopsEarly: true });
      if (failed.length > 0) return failed[0];
    }
    return undefined;
  } finally {
    writeFileSync(changed, original);
  }
}

/** What fails in the unchanged copy, in the tests of the packages of the mutants: each failure would hide survivors. */
export async function findFailures(mutants: readonly Mutant[], tests: TestProcess): Promise<readonly string[]> {
  const files = [...new Set(mutants.map(({ file }) => `${packageFolder(file)}/test/`))];
  const { failed } = await tests.run({ files, stopsEarly: false });
  return failed;
}

/** The tests of a source, nearest first: those of its file, of its folder, of its package. */
function nearestTests(file: string): readonly (readonly string[])[] {
  const mirrored = file.replace('/src/', '/test/').replace(/\.ts$/, '.test.ts');
  const steps = new Set([mirrored, `${dirname(mirrored)}/`, `${packageFolder(file)}/test/`]);
  return [...steps].filter((path) => existsSync(join(repositoryRoot, path))).map((path) => [path]);
}

/** The folder of the package of a file. */
function packageFolder(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

/** What is wrong with the list itself: mutants that do not fit the sources any more. */
export function misfits(mutants: readonly Mutant[]): readonly string[] {
  return mutants.flatMap(({ file, from, to }) => {
    const path = join(repositoryRoot, file);
    const places = existsSync(path) ? readFileSync(path, 'utf8').split(from).length - 1 : 0;
    if (places === 1 && from !== to) return [];
    return [`${file}: ${JSON.stringify(from)} is there ${places} times`];
  });
}
