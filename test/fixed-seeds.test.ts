import { readConfigureGlobal } from 'fast-check';
import { expect, test } from 'vitest';

test('property tests of the daily suite try the same cases in every run', () => {
  expect(readConfigureGlobal().seed).toBe(Number(process.env['SEED'] ?? 1));
});
