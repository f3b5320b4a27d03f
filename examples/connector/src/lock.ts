import { open, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RunError } from './run-error.ts';

/**
 * Makes this process the only one that works on a checkpoint; answers with the way to give it up.
 *
 * Each process puts a file with its own name beside the checkpoint and then looks who else has. Of two who come at once
 * at least one sees the other, so there are never two; what a dead process has left is taken away. One file for all,
 * taken over when its owner is dead, would have a moment in which two take it over.
 *
 * @throws RunError when another one is at it
 */
export async function lock(statePath: string): Promise<() => Promise<void>> {
  const folder = dirname(statePath);
  const prefix = `${basename(statePath)}.lock.`;
  const own = `${prefix}${process.pid}@${hostname()}`;
  await put(join(folder, own));
  const release = (): Promise<void> => unlinkIfThere(join(folder, own));
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || name === own) continue;
    const [pid = '', host = ''] = name.slice(prefix.length).split('@');
    if (host === hostname() && !isAlive(Number(pid))) {
      await unlinkIfThere(join(folder, name));
      continue;
    }
    await release();
    throw new RunError('STATE', `Process ${pid} on ${host} is working on ${statePath}`, [
      `If it is not, delete ${join(folder, name)}`,
    ]);
  }
  return release;
}

/** A file of this very name was left by a process that is dead, as in a container, where each has the same number. */
async function put(path: string): Promise<void> {
  await unlinkIfThere(path);
  const file = await open(path, 'wx');
  await file.close();
}

async function unlinkIfThere(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // somebody else's, but there
  }
}
