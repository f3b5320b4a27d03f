import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateFiles } from '../scripts/generated.ts';

test.each(Object.entries(generateFiles()))('%s is up to date with the schema', (path, text) => {
  const current = readFileSync(new URL(`../scripts/${path}`, import.meta.url), 'utf8');

  expect(current === text, 'It is out of date: pnpm --filter @bearings/config generate').toBe(true);
});
