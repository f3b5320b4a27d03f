/**
 * Runs the tests of the core on Deno or Bun. Ends with 1 when a test fails that `known-failures.json` does not have.
 *
 *     node test/runtimes/run-suites.ts deno|bun [--update]
 *
 * Some of the known ones pass at times: they depend on how busy the machine is. `--update` adds what fails now.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

type Runtime = 'deno' | 'bun';

/** The names of tests, by their file. */
type Failures = Readonly<Record<string, readonly string[]>>;

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

const record = join(import.meta.dirname, 'known-failures.json');
const packages = ['client', 'oauth-bearer', 'oidc-discovery', 'opentelemetry'];
const commands: Readonly<Record<Runtime, readonly string[]>> = {
  deno: ['deno@2.9.6', 'run', '--allow-all', 'node_modules/vitest/vitest.mjs'],
  bun: ['bun@1.4.5', 'node_modules/vitest/vitest.mjs', '--pool=threads'],
};

function runSuites(runtime: Runtime): Report {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-suites-'));
  const file = join(folder, 'report.json');
  const paths = packages.map((name) => `packages/${name}/test`);
  const options = ['--config', 'test/vitest.config.ts', '--root', '.', '--reporter=json', `--outputFile=${file}`];
  spawnSync('npx', ['-y', ...commands[runtime], 'run', ...options, ...paths], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const report: Report = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  return report;
}

/** A file that fails as a whole has the name `''`. */
function findFailures({ testResults }: Report): Failures {
  const failed = testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, assertionResults }) => {
      const tests = assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);
      return [relative('.', name), tests.length === 0 ? [''] : tests] as const;
    });
  return Object.fromEntries(failed);
}

function merge(known: Failures, found: Failures): Failures {
  const files = [...new Set([...Object.keys(known), ...Object.keys(found)])].toSorted();
  return Object.fromEntries(
    files.map((file) => [file, [...new Set([...(known[file] ?? []), ...(found[file] ?? [])])].toSorted()]),
  );
}

const [runtime = '', flag] = process.argv.slice(2);
if (runtime !== 'deno' && runtime !== 'bun') throw new Error('The runtime must be deno or bun');
const known: Readonly<Record<Runtime, Failures>> = JSON.parse(readFileSync(record, 'utf8'));
const report = runSuites(runtime);
const found = findFailures(report);
const unknown = Object.entries(found).flatMap(([file, tests]) =>
  tests.filter((name) => known[runtime][file]?.includes(name) !== true).map((name) => `${file}: ${name}`),
);
if (flag === '--update') {
  const updated = { ...known, [runtime]: merge(known[runtime], found) };
  writeFileSync(record, `${JSON.stringify(updated, undefined, 2)}\n`);
}
const failed = Object.values(found).flat().length;
console.log(
  `${runtime}: ${report.numPassedTests} passed, ${failed} failed, ${unknown.length} of them not known to fail`,
);
for (const line of unknown) console.log(`  ${line}`);
process.exitCode = unknown.length === 0 && report.numPassedTests > 3_000 ? 0 : 1;
