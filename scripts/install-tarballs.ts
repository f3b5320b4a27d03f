import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Installs packed packages by npm in a new folder, as a user does, with their peers.
 *
 * @param tarballs - a folder with one folder for each package, as `pnpm --filter NAME pack --pack-destination` fills it
 * @param options.only - the folders to install; default: all. What they build on must be among them.
 * @param options.peers - more dependencies: name to range
 * @returns the folder with `node_modules`
 */
export function installTarballs(tarballs: string, options: InstallOptions = {}): string {
  const into = options.into ?? mkdtempSync(join(tmpdir(), 'installed-packages-'));
  mkdirSync(into, { recursive: true });
  const names = options.only === undefined ? '*' : `{${options.only.join(',')},}`;
  const files = globSync(`${names}/bearings-*.tgz`, { cwd: tarballs }).map((file) => resolve(tarballs, file));
  const dependencies = Object.fromEntries(files.map((file) => [packageName(file), `file:${file}`]));
  const manifest = { private: true, type: 'module', dependencies: { ...options.peers, ...dependencies } };
  writeFileSync(join(into, 'package.json'), JSON.stringify(manifest));
  const flags = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status, stderr, stdout } = spawnSync('npm', flags, { cwd: into, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install of ${tarballs} failed:\n${stdout}${stderr}`);
  return into;
}

export interface InstallOptions {
  readonly only?: readonly string[];
  readonly peers?: Readonly<Record<string, string>>;
  readonly into?: string;
}

/** The name in the manifest of a tarball. */
function packageName(tarball: string): string {
  const { stdout } = spawnSync('tar', ['xOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  const { name }: { name: string } = JSON.parse(stdout);
  return name;
}
