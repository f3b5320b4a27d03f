/**
 * Publishes packed packages to the registry that npm is configured for, each after what it depends on. A version that is
 * already there is left out, so that a run that was interrupted can be repeated. Needs npm 11.5.1 or later for trusted
 * publishing, and nothing that has to be installed.
 *
 *     node .ci/release/publish.ts FOLDER_OF_TARBALLS [FLAG_OF_NPM_PUBLISH…]
 */
import { spawnSync } from 'node:child_process';
import { readTarballs } from '../tarballs.ts';

const [folder = 'release', ...flags] = process.argv.slice(2);
let published = 0;
let known = 0;

/** True when the registry has this version. An answer other than "not found" is an error: it says nothing about versions. */
function isPublished(id: string): boolean {
  const { status, stdout, stderr } = spawnSync('npm', ['view', id, 'version', '--json'], { encoding: 'utf8' });
  if (status === 0) return stdout.trim() !== '';
  if (/E404/.test(stdout + stderr)) return false;
  throw new Error(`The registry does not say whether it has ${id}: ${stderr.trim()}`);
}

for (const { file, manifest } of readTarballs(folder)) {
  const id = `${manifest.name}@${manifest.version}`;
  if (isPublished(id)) {
    known += 1;
    continue;
  }
  const { status } = spawnSync('npm', ['publish', file, '--access', 'public', ...flags], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm publish of ${id} failed. Published before it: ${published}. Run this again.`);
  published += 1;
}
console.log(`${published} published, ${known} were there before`);
