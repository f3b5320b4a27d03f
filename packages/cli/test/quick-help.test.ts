import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

/** What is loaded before a command is known: files of the package, and packages. Types cost nothing. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, kind, target = ''] of source.matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)'/gm)) {
    if (kind !== undefined) continue;
    if (target.startsWith('.')) loadedBy(resolve(file, '..', target), seen);
    else seen.add(target);
  }
  return seen;
}

test('help waits for no package but the parser', () => {
  const loaded = [...loadedBy(resolve('packages/cli/src/main.ts'))];

  expect(loaded.filter((name) => !existsSync(name) && !name.startsWith('node:'))).toEqual(['commander']);
  expect(loaded.some((name) => name.endsWith('/call.ts'))).toBe(false);
});
