import { createHash } from 'node:crypto';
import { open, realpath } from 'node:fs/promises';

/** The content of a file and what it is recognized by. */
export interface FileVersion {
  readonly text: string;
  /** The hash of the content; `absent` when there is no file. */
  readonly version: string;
  /** In milliseconds since the epoch; 0 when there is no file. */
  readonly changedAt: number;
  readonly mode: number | undefined;
}

/** The largest file that is read, and so the largest that is written. */
export const maxBytes: number = 1024 * 1024;

const absent: FileVersion = { text: '', version: 'absent', changedAt: 0, mode: undefined };

/** Reads a file; one that does not exist is empty. Larger than 1 MiB, no file or no UTF-8: rejects with the reason. */
export async function readVersion(file: string): Promise<FileVersion> {
  try {
    await using handle = await open(file);
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size > maxBytes) throw new TypeError('is not a regular file of at most 1 MiB');
    const bytes = await handle.readFile();
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, version: hash(bytes), changedAt: stats.mtimeMs, mode: stats.mode & 0o777 };
  } catch (cause) {
    if (isMissing(cause)) return absent;
    throw cause;
  }
}

/** The file that a path means: the target of a symbolic link. */
export async function resolveFile(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch (cause) {
    if (isMissing(cause)) return file;
    throw cause;
  }
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 32);

const isMissing = (cause: unknown): boolean => cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
