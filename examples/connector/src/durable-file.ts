import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file atomically: a reader finds the old text or the new one, also after a power failure.
 *
 * Only the owner can read the file.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  const fresh = `${path}.next`;
  const file = await open(fresh, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(fresh, path);
  await syncFolder(path);
}

/** Syncs a file's folder, so that created and renamed files survive a power failure. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
