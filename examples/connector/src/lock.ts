import { open, readdir, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { RunError } from './run-error.ts';

/**
 * Locks a checkpoint for this process. Returns a function that releases the lock.
 *
 * Each process creates a lock file with its own name, and then looks for files of others. Of two processes that start at
 * once at least one sees the other, so two never run together. Files of dead processes are deleted. With a single lock
 * file, two processes could take over the file of a dead one at the same moment.
 *
 * @throws RunError when another process holds a lock
 */
export async function lock(statePath: string): Promise<() => Promise<void>> {
  const folder = dirname(statePath);
  const prefix = `${basename(statePath)}.lock.`;
  const own = `${prefix}${process.pid}@${hostname()}`;
  await createLockFile(join(folder, own));
  const release = (): Promise<void> => unlinkIfExists(join(folder, own));
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || name === own) continue;
    const [pid = '', host = ''] = name.slice(prefix.length).split('@');
    if (host === hostname() && !isAlive(Number(pid))) {
      await unlinkIfExists(join(folder, name));
      continue;
    }
    await release();
    throw new RunError('STATE', `Process ${pid} on ${host} is using ${statePath}`, [
      `If it is not running, delete ${join(folder, name)}`,
    ]);
  }
  return release;
}

/** An existing file with this name belongs to a dead process with the same id, as happens in containers. */
async function createLockFile(path: string): Promise<void> {
  await unlinkIfExists(path);
  const file = await open(path, 'wx');
  await file.close();
}

async function unlinkIfExists(path: string): Promise<void> {
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
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // a process of another user
  }
}
