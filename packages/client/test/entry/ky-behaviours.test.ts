import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

// The table of docs/differences-from-ky.md describes each term of ky; a test named `<term>: <sentence>` proves it.
const page = readFileSync(join(import.meta.dirname, '../../../../docs/differences-from-ky.md'), 'utf8');
const rows = [...page.matchAll(/^\| `([^`]+)` *\| (\S+) *\| (.+?) *\|$/gm)].map(
  ([, term = '', fate = '', what = '']) => ({
    term,
    fate,
    what,
  }),
);

const sources = globSync(join(import.meta.dirname, 'ky-behaviours-*.test.ts')).map((file) =>
  readFileSync(file, 'utf8'),
);
const names = sources.flatMap((source) =>
  [...source.matchAll(/(?:\btest|\bfails|\))\(\s*(['"])(.+?): /g)].map(([, , name = '']) => name),
);

test('each row of the table says keeps, changes or drops, and has a test', () => {
  const untested = rows.filter(({ term }) => !names.includes(term));

  expect(rows.length).toBeGreaterThan(30);
  expect(rows.filter(({ fate }) => !/^(?:keeps|changes|drops)$/.test(fate))).toEqual([]);
  expect(untested).toEqual([]);
});

test('each test is of a row, and no row is there twice', () => {
  const terms = rows.map(({ term }) => term);

  expect(names.length).toBeGreaterThan(60);
  expect(names.filter((name) => !terms.includes(name))).toEqual([]);
  expect(new Set(terms).size).toBe(terms.length);
});
