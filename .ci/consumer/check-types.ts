/**
 * Compiles what users write against the packed packages: a library with declarations, and all entry points with each version
 * of TypeScript, each way to resolve modules, and with and without `skipLibCheck`.
 *
 *     node .ci/consumer/check-types.ts FOLDER_OF_TARBALLS [--all]
 *
 * Without `--all` the oldest and the newest version are tried, which shows almost all faults in a fraction of the time.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listEntryPoints } from '../tarballs.ts';
import { alias, compilers, installPacked } from './install.ts';

interface Run {
  readonly compiler: string;
  readonly resolution: 'nodenext' | 'bundler';
  readonly skipLibCheck: boolean;
}

const isAll = process.argv.includes('--all');
const { folder, tarballs } = installPacked(process.argv[2] ?? 'tarballs');
const entryPoints = tarballs.flatMap(({ manifest }) => listEntryPoints(manifest));

copyFileSync(join(import.meta.dirname, 'services.ts'), join(folder, 'services.ts'));
const imports = entryPoints.map(({ specifier }, index) => `import * as e${index} from '${specifier}';`);
const names = entryPoints.map((_, index) => `  e${index},`);
writeFileSync(join(folder, 'entries.ts'), [...imports, 'export const all = [', ...names, '];', ''].join('\n'));

function compilerArguments({ resolution, skipLibCheck }: Run): readonly string[] {
  const modules = resolution === 'nodenext' ? ['nodenext', 'nodenext'] : ['esnext', 'bundler'];
  const [module = '', moduleResolution = ''] = modules;
  const strict = ['--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
  const target = ['--target', 'es2022', '--lib', 'esnext', '--types', 'node', '--pretty', 'false'];
  const emit = ['--declaration', '--outDir', join('dist', `${resolution}-${skipLibCheck}`)];
  const resolve = ['--module', module, '--moduleResolution', moduleResolution, '--skipLibCheck', String(skipLibCheck)];
  return [...resolve, ...strict, ...target, ...emit, 'services.ts', 'entries.ts'];
}

/** Faults in the declarations of other libraries are theirs: `skipLibCheck: false` shows them to every user. */
const isOurs = (line: string): boolean =>
  /error TS\d+/.test(line) &&
  (!line.includes('node_modules/') || /node_modules\/(?:\.pnpm\/)?@?bearings[+/@]/.test(line));

function compile(run: Run): Promise<readonly string[]> {
  const script = join(folder, 'node_modules', alias(run.compiler), 'bin/tsc');
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  execFile(
    process.execPath,
    [script, ...compilerArguments(run)],
    { cwd: folder, maxBuffer: 1e8 },
    (error, stdout, stderr) => {
      const faults = stdout.split('\n').filter(isOurs);
      // A compiler that does not run prints no error of types.
      const isBroken = error !== null && !stdout.includes('error TS');
      resolve(isBroken ? [...faults, `the compiler failed: ${stderr || error.message}`] : faults);
    },
  );
  return promise;
}

const tried = compilers.filter((_, index) => isAll || index === 0 || index === compilers.length - 1);
const runs: readonly Run[] = tried.flatMap((compiler) =>
  (['nodenext', 'bundler'] as const).flatMap((resolution) =>
    [true, false].map((skipLibCheck) => ({ compiler, resolution, skipLibCheck })),
  ),
);

console.log(`${entryPoints.length} entry points of ${tarballs.length} packages`);
let passed = 0;
const waiting = [...runs];
async function work(): Promise<void> {
  for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
    const faults = await compile(run);
    const name = `TypeScript ${run.compiler}, ${run.resolution}, skipLibCheck ${run.skipLibCheck}`;
    console.log(`${faults.length === 0 ? 'ok    ' : 'FAILED'} ${name}`);
    for (const fault of faults) console.log(`       ${fault}`);
    if (faults.length === 0) passed += 1;
  }
}
await Promise.all([work(), work()]);
console.log(`${passed} of ${runs.length} compile`);
process.exitCode = passed === runs.length ? 0 : 1;
