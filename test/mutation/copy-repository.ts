import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative, resolve } from 'node:path';

export const repositoryRoot: string = resolve(import.meta.dirname, '../..');

/** A copy of the repository whose sources may be changed. */
export interface RepositoryCopy {
  readonly root: string;
  remove(): void;
}

/** Copies everything but dependencies. They are linked: packages of the repository to the copy, others to where they are. */
export function copyRepository(): RepositoryCopy {
  const copy = mkdtempSync(join(realpathSync(tmpdir()), 'bearings-mutants-'));
  const isOurs = (path: string): boolean => !/^(?:node_modules|\.git|dist)$/.test(basename(path));
  cpSync(repositoryRoot, copy, { recursive: true, filter: isOurs });
  const folders = readdirSync(join(repositoryRoot, 'packages')).map((name) => join('packages', name));
  for (const folder of ['.', ...folders]) link(join(folder, 'node_modules'), copy);
  return { root: copy, remove: () => rmSync(copy, { recursive: true }) };
}

function link(folder: string, copy: string): void {
  mkdirSync(join(copy, folder), { recursive: true });
  for (const entry of readdirSync(join(repositoryRoot, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name.startsWith('@')) link(path, copy);
    else if (entry.isSymbolicLink()) symlinkSync(placeInCopy(path, copy), join(copy, path));
  }
}

function placeInCopy(path: string, copy: string): string {
  const real = realpathSync(join(repositoryRoot, path));
  const inside = relative(repositoryRoot, real);
  return inside.startsWith('packages/') ? join(copy, inside) : real;
}
