import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from '../scripts/generated.ts';

test.each(Object.entries(generated()))('%s is what the schema says', async (name, text) => {
  const written = await readFile(join(import.meta.dirname, '..', name), 'utf8');

  expect(written, 'run pnpm --filter @bearings/example-connector generate').toBe(text);
});
