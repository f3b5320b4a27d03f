import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateFiles } from '../scripts/generate-files.ts';

test.each(Object.entries(generateFiles()))('%s is up to date with the schema', async (name, text) => {
  const written = await readFile(join(import.meta.dirname, '..', name), 'utf8');

  expect(written, 'run pnpm --filter @bearings/example-connector generate').toBe(text);
});
