import { expect, test } from 'vitest';
import { misfits } from './try-mutant.ts';
import { mutants } from './index.ts';

test('every mutant fits the source: the text it replaces is there exactly once', () => {
  expect(misfits(mutants)).toEqual([]);
});

test('no mutant is listed twice', () => {
  const texts = mutants.map(({ file, from, to }) => JSON.stringify([file, from, to]));

  expect(new Set(texts).size).toBe(texts.length);
});
