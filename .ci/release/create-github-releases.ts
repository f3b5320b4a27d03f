/**
 * Creates a release on GitHub for each packed package that has none, with the changes of its version, the tarball and the
 * list of its dependencies. Needs `gh` with `GH_TOKEN`.
 *
 *     node .ci/release/create-github-releases.ts FOLDER_OF_TARBALLS
 */
import { spawnSync } from 'node:child_process';
import { readPackedFile, readTarballs } from '../tarballs.ts';
import { readChanges } from './read-changes.ts';

for (const { file, manifest } of readTarballs(process.argv[2] ?? 'release')) {
  const tag = `${manifest.name}@${manifest.version}`;
  if (spawnSync('gh', ['release', 'view', tag]).status === 0) continue;
  const notes = readChanges(readPackedFile(file, 'CHANGELOG.md'), manifest.version);
  const files = [file, file.replace(/\.tgz$/, '.cdx.json')];
  const options = ['--title', tag, '--notes', notes, '--target', process.env['GITHUB_SHA'] ?? 'main'];
  const { status } = spawnSync('gh', ['release', 'create', tag, ...files, ...options], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`The release ${tag} was not created. Run this again.`);
}
