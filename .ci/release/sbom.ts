/**
 * Writes beside each tarball what it depends on at run time, as CycloneDX: `NAME.cdx.json` for `NAME.tgz`.
 *
 *     node .ci/release/sbom.ts FOLDER_OF_TARBALLS
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { readTarballs } from '../tarballs.ts';
import { findMissing } from './find-missing.ts';

const flags = ['--sbom-format', 'cyclonedx', '--sbom-spec-version', '1.6', '--prod', '--exclude-peers'];
for (const { file, manifest } of readTarballs(process.argv[2] ?? 'release')) {
  const command = ['-y', 'pnpm@12', '--filter', manifest.name, 'sbom', ...flags];
  const { status, stdout, stderr } = spawnSync('npx', command, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0) throw new Error(`pnpm lists no dependencies of ${manifest.name}: ${stderr}${stdout}`);
  const { components = [] } = JSON.parse(stdout);
  const missing = findMissing(manifest, components);
  if (missing.length > 0) throw new Error(`The list of ${manifest.name} lacks ${missing.join(', ')}`);
  writeFileSync(file.replace(/\.tgz$/, '.cdx.json'), stdout);
  console.log(`${manifest.name}: ${components.length} components`);
}
