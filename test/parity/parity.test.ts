import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface Row {
  readonly what: string;
  readonly here: string;
  readonly shownBy: string;
}

const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
const rows: readonly Row[] = [...readme.matchAll(/^\| (.+?) +\| (.+?) +\| (.+?) +\|$/gm)]
  .map(([, what = '', here = '', shownBy = '']) => ({ what, here, shownBy }))
  .filter(({ what }) => !what.startsWith('---') && what !== 'what (in the reference)');

const isNotYet = ({ here }: Row): boolean => here.startsWith('not yet');
const parseTest = ({ shownBy }: Row): { file: string; name: string } => {
  const [, file = '', name = ''] = /^`(\S+\.test\.ts) › (.+)`$/.exec(shownBy) ?? [];
  return { file, name };
};

test('the table is read whole: each of its lines is a row', () => {
  const lines = readme.split('\n').filter((line) => line.startsWith('|'));
  const headings = readme.split('\n').filter((line) => line.startsWith('## '));

  expect(rows.length).toBeGreaterThan(90);
  expect(lines).toHaveLength(rows.length + 2 * headings.length);
});

test('each row names a test that exists and is expected to pass, except those that say that there is nothing yet', () => {
  const unshown = rows.filter((row) => !isNotYet(row) && !isShown(parseTest(row)));

  expect(unshown).toEqual([]);
});

function isShown({ file, name }: { file: string; name: string }): boolean {
  if (name === '' || !existsSync(file)) return false;
  const quoted = [`'${name}'`, `"${name}"`];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.some((line) => quoted.some((each) => line.includes(each)) && !/\.(?:fails|skip|todo)\b/.test(line));
}

test('a row that says that there is nothing yet says why, and names no test', () => {
  const silent = rows.filter((row) => isNotYet(row) && !/^not yet: ./.test(row.here));
  const contradictory = rows.filter((row) => isNotYet(row) !== (row.shownBy === '–'));

  expect([silent, contradictory]).toEqual([[], []]);
});
