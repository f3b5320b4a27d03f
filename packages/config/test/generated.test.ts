import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { files } from '../scripts/generated.ts';

test.each(Object.entries(files()))('%s is what the schema says', (path, text) => {
  const kept = readFileSync(new URL(`../scripts/${path}`, import.meta.url), 'utf8');

  expect(kept === text, 'It is stale: pnpm --filter @bearings/config generate').toBe(true);
});
