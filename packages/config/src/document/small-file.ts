import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Issue } from './issue.ts';

/** The content of a small file. */
export interface SmallFile {
  /** UTF-8, without a byte order mark. */
  readonly text: string;
  readonly stats: Stats;
}

/** Options of `readSmallFile`. */
export interface SmallFileOptions {
  readonly path: string;
  readonly limitBytes: number;
}

/**
 * Reads a regular file of limited size. Rejects pipes and devices at once, without waiting for them.
 *
 * `found` of the issue continues a sentence that begins with the file name: `does not exist`.
 */
export async function readSmallFile({ path, limitBytes }: SmallFileOptions): Promise<Result<SmallFile, Issue>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | nonBlocking);
    return await readContent(file, limitBytes);
  } catch (cause) {
    return Err(toReadIssue(cause));
  } finally {
    await file?.close();
  }
}

/** Without this flag, opening a pipe waits for a writer. Windows has neither this flag nor such pipes. */
const nonBlocking = constants.O_NONBLOCK ?? 0;

async function readContent(file: FileHandle, limitBytes: number): Promise<Result<SmallFile, Issue>> {
  const stats = await file.stat();
  if (stats.isDirectory()) return Err({ found: 'is a directory', expected: 'name a file in it' });
  if (!stats.isFile()) return Err({ found: 'is not a regular file', expected: 'name a regular file' });
  const bytes = await readBytes(file, limitBytes + 1); // do not trust the size: some files report 0 until they are read
  if (stats.size > limitBytes || bytes.length > limitBytes) {
    return Err({ found: `is larger than ${limitBytes / 1024} KiB`, expected: 'name a smaller file' });
  }
  return decodeText(bytes).map((text) => ({ text, stats }));
}

async function readBytes(file: FileHandle, most: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(most);
  let count = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, count, most - count);
    count += bytesRead;
    if (bytesRead === 0 || count === most) return bytes.subarray(0, count);
  }
}

function decodeText(bytes: Uint8Array): Result<string, Issue> {
  try {
    return Ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return Err({ found: 'is not UTF-8', expected: 'save it as UTF-8' });
  }
}

const reasons: ReadonlyMap<string, Issue> = new Map([
  ['ENOENT', { found: 'does not exist', expected: 'create it, or correct the name' }],
  ['ENOTDIR', { found: 'does not exist', expected: 'create it, or correct the name' }],
  ['EACCES', { found: 'is not readable by this user', expected: 'make this user the owner' }],
  ['EPERM', { found: 'is not readable by this user', expected: 'make this user the owner' }],
  ['ELOOP', { found: 'is a symbolic link to itself', expected: 'name a file' }],
  ['ENXIO', { found: 'is not a regular file', expected: 'name a regular file' }],
]);

function toReadIssue(cause: unknown): Issue {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
  return reasons.get(code) ?? { found: `cannot be read (${code})`, expected: 'name a readable file' };
}
