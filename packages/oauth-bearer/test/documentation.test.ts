import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const source = read('packages/oauth-bearer/src/sources/token-source.ts');
const page = read('docs/tokens.md');

/** The members of an interface. */
function members(name: string): readonly string[] {
  const [, body = ''] = new RegExp(`export interface ${name} \\{\\n(.*?)\\n\\}`, 's').exec(source) ?? [];
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[:(]/gm)].map(([, member = '']) => member);
}

/** The names in the first column of the table that starts with a heading. */
function documented(heading: string): readonly string[] {
  const [, table = ''] = new RegExp(`\\n\\| ${heading} .*\\n\\| -.*\\n((?:\\|.*\\n)*)`).exec(page) ?? [];
  const cells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  return cells.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, member = '']) => member));
}

test.each([
  ['TokenSource', 'member of `TokenSource`'],
  ['AcquireOptions', '`AcquireOptions`'],
  ['IssuedToken', '`IssuedToken`'],
])('the page of tokens has every member of %s', (name, heading) => {
  expect(members(name).length).toBeGreaterThanOrEqual(5);
  expect(documented(heading).toSorted()).toEqual(members(name).toSorted());
});
