/**
 * Compares the published types of each entry point with the API reports in `etc/api`, and fails when they differ.
 * `--update` records them.
 *
 *     node .ci/api/report.ts FOLDER_OF_TARBALLS [--update]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { installPacked } from '../consumer/install.ts';
import { compareReports } from './compare-reports.ts';
import type { Drift, Reports } from './compare-reports.ts';
import { extractReports } from './extract-reports.ts';

const { values, positionals } = parseArgs({ options: { update: { type: 'boolean' } }, allowPositionals: true });
const [from = 'tarballs'] = positionals;
const root = join(import.meta.dirname, '../..');
const recorded = join(root, 'etc/api');

function readReports(folder: string): Reports {
  const files = existsSync(folder) ? globSync('*.api.md', { cwd: folder }) : [];
  return new Map(files.map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
}

/** The changed lines, as git shows them. Its exit code is 1 when the files differ. */
function printDrift({ file, kind }: Drift): void {
  console.log(`${kind}: ${relative(root, join(recorded, file))}`);
  if (kind !== 'changed') return;
  const command = ['diff', '--no-index', '--no-color', '--unified=2', join(recorded, file), join(current, file)];
  const { stdout } = spawnSync('git', command, { encoding: 'utf8' });
  console.log(stdout.replace(/^.*?(?=^@@)/ms, ''));
}

const current = mkdtempSync(join(tmpdir(), 'api-reports-'));
try {
  extractReports(installPacked(from), current);
  const drifts = compareReports(readReports(recorded), readReports(current));
  if (values.update === true) {
    rmSync(recorded, { recursive: true, force: true });
    cpSync(current, recorded, { recursive: true });
    for (const { file, kind } of drifts) console.log(`${kind}: ${relative(root, join(recorded, file))}`);
  } else {
    for (const drift of drifts) printDrift(drift);
    if (drifts.length > 0) {
      console.log(
        'The public types differ from the API reports. If the change is meant, record it and commit etc/api:',
      );
      console.log(`node .ci/api/report.ts ${from} --update`);
      process.exitCode = 1;
    }
  }
  console.log(`${readReports(current).size} entry points, ${drifts.length} differ`);
} finally {
  rmSync(current, { recursive: true, force: true });
}
