import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generateFiles } from '../scripts/generated.ts';
import { children } from '../src/command-line/command-tree.ts';
import { commands } from '../src/command-line/commands.ts';

const files = generateFiles();

test.each(Object.entries(files))('%s is up to date with the table of commands', (path, text) => {
  const current = readFileSync(new URL(`../scripts/${path}`, import.meta.url), 'utf8');

  expect(current === text, 'It is out of date: pnpm --filter @bearings/cli generate').toBe(true);
});

test('the package installs every man page', () => {
  const { man }: { man: readonly string[] } = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );

  const pages = Object.keys(files).flatMap((path) => (path.endsWith('.1') ? [path.replace('../', './')] : []));

  expect(man.toSorted()).toEqual(pages.toSorted());
});

test('the reference has the flags of every command', () => {
  const page = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');

  const missing = commands.flatMap(({ name, options = [] }) =>
    options.length === 0 || page.includes(`<!-- flags ${name} -->`) ? [] : [name],
  );

  expect(missing).toEqual([]);
});

test('the README or the reference shows what each command prints', () => {
  const pages = ['../README.md', '../../../docs/cli.md'].map((path) =>
    readFileSync(new URL(path, import.meta.url), 'utf8'),
  );
  const shown = pages.join('\n').matchAll(/^\$ bearings (.+)$/gm);
  const lines = [...shown].map(([, line = '']) => `${line} `);

  const missing = commands.filter(
    ({ name }) => children(commands, name).length === 0 && !lines.some((line) => line.startsWith(`${name} `)),
  );

  expect(missing.map(({ name }) => name)).toEqual(['doctor', 'init']); // shown without the command line
});
