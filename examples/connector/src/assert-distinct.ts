import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RunError } from './run-error.ts';

/**
 * Checks that no two arguments name the same file, also by links: one would overwrite the other.
 *
 * @param files - the paths by their arguments; `undefined` when not given
 * @throws RunError naming both arguments
 */
export function assertDistinct(files: Readonly<Record<string, string | undefined>>): void {
  const seen = new Map<string, string>();
  for (const [name, path] of Object.entries(files)) {
    if (path === undefined) continue;
    for (const identity of identities(path)) {
      const other = seen.get(identity);
      if (other !== undefined && other !== name) {
        throw new RunError('CONFIG', `${other} and ${name} are the same file, ${path}: name two`);
      }
      seen.set(identity, name);
    }
  }
}

/** Its real path, and its inode when it exists: two names of a hard link have one. */
function identities(path: string): readonly string[] {
  const inode = statSync(path, { bigint: true, throwIfNoEntry: false });
  return [realPath(path), ...(inode === undefined ? [] : [`${inode.dev}:${inode.ino}`])];
}

function realPath(path: string, links = 0): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    const target = links < 40 ? readLink(whole) : undefined; // a link may come before its file
    if (target !== undefined) return realPath(resolve(dirname(whole), target), links + 1);
    return dirname(whole) === whole ? whole : join(realPath(dirname(whole)), basename(whole));
  }
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // no link
  }
}
