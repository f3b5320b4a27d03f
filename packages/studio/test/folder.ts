import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is removed after the test. */
export function createFolder() {
  const path = mkdtempSync(join(tmpdir(), 'bearings-studio-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return {
    path,
    write(name: string, text: string): string {
      writeFileSync(join(path, name), text);
      return join(path, name);
    },
    read: (name: string): string => readFileSync(join(path, name), 'utf8'),
  };
}
