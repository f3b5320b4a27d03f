import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readTarballs } from '../tarballs.ts';
import type { Tarball } from '../tarballs.ts';

/** The versions of TypeScript that the published types are held against: the last patch of each. */
export const compilers = ['5.2.2', '5.4.5', '5.6.3', '5.8.3', '5.9.3', '6.0.3', '7.0.2'] as const;

export interface Installed {
  readonly folder: string;
  readonly tarballs: readonly Tarball[];
}

/**
 * Installs all packed packages with their peers, by pnpm, which hides the dependencies of dependencies.
 * A second call for the same tarballs installs nothing.
 *
 * @param from - the folder of the tarballs
 */
export function installPacked(from: string): Installed {
  const tarballs = readTarballs(from);
  const digest = createHash('sha256');
  for (const { file } of tarballs) digest.update(readFileSync(file));
  const folder = resolve(from, `consumer-${digest.digest('hex').slice(0, 12)}`);
  if (existsSync(join(folder, 'node_modules/.modules.yaml'))) return { folder, tarballs };

  const files = Object.fromEntries(tarballs.map(({ file, manifest }) => [manifest.name, `file:${file}`]));
  const peers = Object.assign({}, ...tarballs.map(({ manifest }) => manifest.peerDependencies));
  const typescript = Object.fromEntries(compilers.map((version) => [alias(version), `npm:typescript@${version}`]));
  const dependencies = { ...peers, ...files, ...typescript, '@types/node': '24', '@types/pg': '8' };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }));
  const overrides = Object.entries(files).map(([name, file]) => `  '${name}': '${file}'\n`);
  // JSON with Windows paths would not be YAML without quotes; single quotes take them as they are.
  writeFileSync(
    join(folder, 'pnpm-workspace.yaml'),
    `packages: []\nignoreScripts: true\noverrides:\n${overrides.join('')}`,
  );
  const { status } = spawnSync('npx', ['-y', 'pnpm@12', 'install'], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`The packed packages could not be installed in ${folder}`);
  return { folder, tarballs };
}

/** The name under which a version of TypeScript is installed. */
export const alias = (version: string): string => `typescript-${version}`;
