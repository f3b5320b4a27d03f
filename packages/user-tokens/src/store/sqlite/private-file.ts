import { chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { platform } from 'node:os';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../../errors.ts';

/**
 * Creates a file that only its owner can read, in a folder that only its owner can change, or checks one that is there.
 *
 * @throws StoreError with the reason `insecure_file`; nothing was written
 */
export function preparePrivateFile(path: string): void {
  const file = resolve(path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  checkFolder(dirname(file));
  if (statIfThere(file) === undefined) createFile(file);
  checkFile(file);
}

function createFile(file: string): void {
  try {
    const flags = constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | (constants.O_NOFOLLOW ?? 0);
    closeSync(openSync(file, flags, 0o600));
    chmodSync(file, 0o600); // whatever the umask removes
  } catch (cause) {
    if (Object(cause).code !== 'EEXIST') throw cause; // another process was faster
  }
}

function checkFile(file: string): void {
  const found = statIfThere(file);
  if (found?.isSymbolicLink() === true) throw insecure(file, 'is a symbolic link. Name the file itself');
  if (found?.isFile() !== true) throw insecure(file, 'is not a file');
  if (hasModes && (found.mode & 0o077) !== 0) throw insecure(file, `can be read by others. Run chmod 600 ${file}`);
}

/** Others who may rename files in the folder could put theirs in the place of this one; the sticky bit prevents it. */
function checkFolder(folder: string): void {
  const { mode } = lstatSync(folder);
  const isSticky = (mode & 0o1000) !== 0;
  if (hasModes && (mode & 0o022) !== 0 && !isSticky) {
    throw insecure(folder, `can be changed by others. Run chmod 700 ${folder}`);
  }
}

/** On Windows, access is not in the mode. */
const hasModes = platform() !== 'win32';

const statIfThere = (file: string): Stats | undefined => lstatSync(file, { throwIfNoEntry: false });

const insecure = (path: string, problem: string): StoreError => new StoreError('insecure_file', `${path} ${problem}`);
