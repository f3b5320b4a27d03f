import { constants } from 'node:fs';
import type { Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Flaw } from './flaw.ts';

/** What a small file holds. */
export interface SmallFile {
  /** UTF-8, without a byte order mark. */
  readonly text: string;
  readonly stats: Stats;
}

/** Which file, and how large it may be. */
export interface SmallFileOptions {
  readonly path: string;
  readonly limitBytes: number;
}

/**
 * Reads an ordinary file of a limited size. Never waits for one that is none, such as a pipe.
 *
 * `found` of an error is a clause for behind the file's name: `does not exist`.
 */
export async function readSmallFile({ path, limitBytes }: SmallFileOptions): Promise<Result<SmallFile, Flaw>> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, constants.O_RDONLY | nonBlocking);
    return await contentOf(file, limitBytes);
  } catch (cause) {
    return Err(unreadable(cause));
  } finally {
    await file?.close();
  }
}

/** Opening a pipe waits for a writer otherwise. Windows has no such flag, and no such pipes. */
const nonBlocking = constants.O_NONBLOCK ?? 0;

async function contentOf(file: FileHandle, limitBytes: number): Promise<Result<SmallFile, Flaw>> {
  const stats = await file.stat();
  if (stats.isDirectory()) return Err({ found: 'is a directory', expected: 'name a file in it' });
  if (!stats.isFile()) return Err({ found: 'is no ordinary file', expected: 'name one' });
  const bytes = await firstBytes(file, limitBytes + 1); // not by its size: some files have none until they are read
  if (stats.size > limitBytes || bytes.length > limitBytes) {
    return Err({ found: `is larger than ${limitBytes / 1024} KiB`, expected: 'name a smaller one' });
  }
  return textOf(bytes).map((text) => ({ text, stats }));
}

async function firstBytes(file: FileHandle, most: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(most);
  let count = 0;
  for (;;) {
    const { bytesRead } = await file.read(bytes, count, most - count);
    count += bytesRead;
    if (bytesRead === 0 || count === most) return bytes.subarray(0, count);
  }
}

function textOf(bytes: Uint8Array): Result<string, Flaw> {
  try {
    return Ok(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return Err({ found: 'is not UTF-8', expected: 'save it as UTF-8' });
  }
}

const reasons: ReadonlyMap<string, Flaw> = new Map([
  ['ENOENT', { found: 'does not exist', expected: 'create it, or correct the name' }],
  ['ENOTDIR', { found: 'does not exist', expected: 'create it, or correct the name' }],
  ['EACCES', { found: 'may not be read by this user', expected: 'make the user its owner' }],
  ['EPERM', { found: 'may not be read by this user', expected: 'make the user its owner' }],
  ['ELOOP', { found: 'is a link that leads to itself', expected: 'name a file' }],
  ['ENXIO', { found: 'is no ordinary file', expected: 'name one' }],
]);

function unreadable(cause: unknown): Flaw {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
  return reasons.get(code) ?? { found: `cannot be read (${code})`, expected: 'name a file that can' };
}
