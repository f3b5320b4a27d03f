import { chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError } from '@bearings/client/errors';

/**
 * Creates a file that only its owner can read and write (0600), in a folder that only its owner can enter (0700).
 *
 * @throws ConfigError when the file or its folder is a symbolic link, or belongs to another user
 */
export function createPrivateFile(path: string): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  check(folder, 'folder');
  createFile(path);
  check(path, 'file');
}

function createFile(path: string): void {
  try {
    closeSync(openSync(path, constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW, 0o600));
  } catch {
    throw new ConfigError(
      'path',
      `The token store ${path} cannot be opened: it is a symbolic link, a folder, or not yours`,
    );
  }
}

function check(path: string, kind: 'file' | 'folder'): void {
  const found = lstatSync(path);
  const isRight = kind === 'file' ? found.isFile() : found.isDirectory();
  if (!isRight) throw new ConfigError('path', `The token store ${path} is not a plain ${kind}: remove it`);
  const { mode, uid } = found;
  if ((mode & 0o077) === 0) return;
  const owner = kind === 'file' ? 0o600 : 0o700;
  try {
    chmodSync(path, owner);
  } catch {
    const problem = `can be read by other users, and belongs to the user ${uid}: choose another path`;
    throw new ConfigError('path', `The ${kind} of the token store, ${path}, ${problem}`);
  }
}
