import { randomUUID } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { maxBytes, readVersion, resolveFile } from './file-version.ts';
import type { FileVersion } from './file-version.ts';

/** What to write, and what must be there. */
export interface SaveOptions {
  readonly file: string;
  readonly text: string;
  /** The version that the text was made from. */
  readonly version: string;
}

/** The new version, or the one that something else has written meanwhile. */
export type Saved = { readonly saved: FileVersion } | { readonly conflict: FileVersion };

/**
 * Writes a file as a whole: at any moment, also after a crash, it has the old content or the new one. Keeps its mode and
 * a symbolic link to it. Nothing is written when the file is not the expected version.
 */
export async function saveFile({ file, text, version }: SaveOptions): Promise<Saved> {
  if (Buffer.byteLength(text) > maxBytes) throw new TypeError('would be larger than 1 MiB, so it was not written');
  const target = await resolveFile(file);
  const before = await readVersion(target);
  if (before.version !== version) return { conflict: before };
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
  try {
    await writeDurably(temporary, text, before.mode ?? 0o644);
    const latest = await readVersion(target);
    if (latest.version !== version) return { conflict: latest };
    if (version !== 'absent') await rename(temporary, target);
    else if (!(await linkNew(temporary, target))) return { conflict: await readVersion(target) };
    await syncFolder(dirname(target));
  } finally {
    await rm(temporary, { force: true });
  }
  return { saved: await readVersion(target) };
}

async function writeDurably(file: string, text: string, mode: number): Promise<void> {
  await using handle = await open(file, 'wx', mode);
  await handle.writeFile(text);
  await handle.chmod(mode); // the umask applies to `open` only
  await handle.sync();
}

/** Unlike a rename, a link does not replace a file that was created meanwhile. */
async function linkNew(temporary: string, target: string): Promise<boolean> {
  try {
    await link(temporary, target);
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (platform() === 'win32') return; // a folder cannot be opened there
  await using handle = await open(folder);
  await handle.sync();
}
