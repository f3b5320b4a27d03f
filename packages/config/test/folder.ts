import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is gone afterwards: `using folder = someFolder()`. */
export interface Folder extends Disposable {
  readonly path: string;
  /** Writes a file that nobody else may read, and answers with its path. */
  readonly write: (name: string, text: string | Uint8Array, mode?: number) => string;
}

export function someFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'bearings-config-'));
  const write = (name: string, text: string | Uint8Array, mode = 0o600): string => {
    const file = join(path, name);
    writeFileSync(file, text, { mode });
    return file;
  };
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** An error's message, with the folder's own name taken out. */
export function messageOf(error: Error, { path }: Folder): string {
  return error.message.replaceAll(`${path}/`, '');
}
