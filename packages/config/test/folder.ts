import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder that is deleted at the end: `using folder = temporaryFolder()`. */
export interface Folder extends Disposable {
  readonly path: string;
  /** Writes a file that other users cannot read. Returns its path. */
  readonly write: (name: string, text: string | Uint8Array, mode?: number) => string;
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'bearings-config-'));
  const write = (name: string, text: string | Uint8Array, mode = 0o600): string => {
    const file = join(path, name);
    writeFileSync(file, text, { mode });
    return file;
  };
  return { path, write, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The message of an error, without the path of the folder. */
export function relativeMessage(error: Error, { path }: Folder): string {
  return error.message.replaceAll(`${path}/`, '');
}
