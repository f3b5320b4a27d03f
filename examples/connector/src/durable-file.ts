import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Replaces a file as one act: whoever reads it, also after a loss of power, finds the old text or the new one.
 *
 * Only its owner can read it.
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

/** Makes what was created or renamed in a file's folder outlast a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
