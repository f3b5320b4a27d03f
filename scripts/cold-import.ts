/**
 * Prints how long a new process takes to import the packages, as npm installs them from tarballs.
 *
 *     node scripts/cold-import.ts TARBALLS...
 *
 * Each argument is a folder with one folder for each package. Several are measured in turns, so that a busy machine slows
 * all of them. Time is that of `import()` alone, after Node has started.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { basename } from 'node:path';
import { installTarballs } from './install-tarballs.ts';

const runs = 20;
const subjects: readonly (readonly string[])[] = [
  ['@bearings/client'],
  ['@bearings/client', '@bearings/oauth-bearer'],
  ['@bearings/client', '@bearings/oauth-bearer', '@bearings/undici'],
  ['@bearings/config'],
];

/** Milliseconds that one process takes to import the modules. */
function importOnce(folder: string, modules: readonly string[]): number {
  const script = `
    const begin = performance.now();
    await Promise.all(${JSON.stringify(modules)}.map((name) => import(name)));
    process.stdout.write(String(performance.now() - begin));`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (stdout === '') throw new Error(`import of ${modules.join(', ')} failed:\n${stderr}`);
  return Number(stdout);
}

function describe(times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  return `${Math.round(sorted[Math.floor(sorted.length / 2)] ?? Number.NaN)} (${Math.round(sorted[0] ?? Number.NaN)})`;
}

const folders = process.argv.slice(2).map((tarballs) => ({ tarballs, folder: installTarballs(tarballs) }));
console.log(
  `import, ms, median (lowest) of ${runs} runs | ${folders.map(({ tarballs }) => basename(tarballs)).join(' | ')}`,
);
for (const modules of subjects) {
  const times = folders.map((): number[] => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [index, { folder }] of folders.entries()) times[index]?.push(importOnce(folder, modules));
  }
  console.log(
    `${modules.map((name) => name.replace('@bearings/', '')).join(' + ')} | ${times.map(describe).join(' | ')}`,
  );
}
for (const { folder } of folders) rmSync(folder, { recursive: true });
