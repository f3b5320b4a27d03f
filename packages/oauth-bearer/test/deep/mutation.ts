import { execFile } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';
import type { Mutant } from './mutants.ts';

const root = resolve(import.meta.dirname, '../../../..');
const home = 'packages/oauth-bearer';

/** A copy of the repo whose sources may be changed. */
export interface Copy {
  readonly root: string;
  remove(): void;
}

/** Copies everything but dependencies, which are linked: those of this repo to the copy, all others to where they are. */
export function copyOfRepo(): Copy {
  const copy = mkdtempSync(join(realpathSync(tmpdir()), 'bearings-mutants-'));
  const isOurs = (path: string): boolean => !/^(?:node_modules|\.git|dist)$/.test(basename(path));
  cpSync(root, copy, { recursive: true, filter: isOurs });
  const folders = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
  for (const folder of ['.', ...folders]) link(join(folder, 'node_modules'), copy);
  return { root: copy, remove: () => rmSync(copy, { recursive: true }) };
}

function link(folder: string, copy: string): void {
  mkdirSync(join(copy, folder), { recursive: true });
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name.startsWith('@')) link(path, copy);
    else if (entry.isSymbolicLink()) symlinkSync(placeInCopy(path, copy), join(copy, path));
  }
}

function placeInCopy(path: string, copy: string): string {
  const real = realpathSync(join(root, path));
  const inside = relative(root, real);
  return inside.startsWith('packages/') ? join(copy, inside) : real;
}

/** Which tests are run: those of the package that are about the life of a token, without or with the model. */
export type Tests = 'examples' | 'model';

const aboutTokens =
  /^(?:token-?(?!config|response)\w*|renewal|moment|swap|allowance|start|min-validity|fetch-token|bearer|lifecycle)\.test\.ts$/;

function testFiles(tests: Tests): readonly string[] {
  const folder = join(home, 'test', tests === 'model' ? 'model' : '');
  const names = readdirSync(join(root, folder)).filter((name) => name.endsWith('.test.ts'));
  return names.filter((name) => tests === 'model' || aboutTokens.test(name)).map((name) => join(folder, name));
}

/** `MUTANT_TESTS=model` asks the model alone, to see what it is worth by itself. */
const asked: readonly Tests[] = process.env['MUTANT_TESTS'] === 'model' ? ['model'] : ['examples', 'model'];

/** What became of a mutant: which tests noticed it, if any. */
export type Fate = Tests | 'none';

/**
 * Puts a mutant in the place of the original, runs the tests, and puts the original back.
 *
 * @param leftOut - the names of tests that are not asked
 */
export async function findFate({ file, from, to }: Mutant, copy: Copy, leftOut: readonly string[]): Promise<Fate> {
  const path = join(copy.root, home, 'src', file);
  const original = readFileSync(path, 'utf8');
  writeFileSync(
    path,
    original.replace(from, () => to),
  );
  try {
    for (const tests of asked) {
      if (!(await isGreen(tests, copy, ['--bail', '1', ...without(leftOut)]))) return tests;
    }
    return 'none';
  } finally {
    writeFileSync(path, original);
  }
}

/** Options for all tests but those of these names. */
export function without(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : ['-t', `^(?!(?:${names.map(literally).join('|')})$)`];
}

const literally = (text: string): string => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** The names of the tests that fail on the original: they can say nothing of a mutant. */
export async function failingAnyway(copy: Copy): Promise<readonly string[]> {
  const report = join(copy.root, 'report.json');
  await isGreen('examples', copy, ['--reporter', 'json', '--outputFile', report]);
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return tests.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** True when these tests pass. Tests that do not end, as those of a mutant that goes in circles, do not. */
export async function isGreen(tests: Tests, copy: Copy, options: readonly string[] = []): Promise<boolean> {
  const vitest = join(copy.root, 'node_modules/vitest/vitest.mjs');
  const args = [vitest, 'run', '--config', 'test/vitest.config.ts', '--root', '.', ...options, ...testFiles(tests)];
  const { DEEP: _deep, VITEST: _vitest, ...env } = process.env;
  const settings = { cwd: copy.root, env, timeout: 240_000, killSignal: 'SIGKILL', maxBuffer: 2 ** 30 } as const;
  return new Promise((done) => execFile(process.execPath, args, settings, (error) => done(error === null)));
}

/** What is wrong with the list itself: a mutant that no longer fits the source. */
export function misfits(mutants: readonly Mutant[]): readonly string[] {
  return mutants.flatMap(({ file, from }) => {
    const places = readFileSync(join(root, home, 'src', file), 'utf8').split(from).length - 1;
    return places === 1 ? [] : [`${file}: ${JSON.stringify(from)} is there ${places} times`];
  });
}
