import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { slots } from '@bearings/client';
import { expect, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

/** Package → the packages it builds on, as the table of the README draws it. */
const drawn = new Map(
  [...readme.matchAll(/^\| \[@bearings\/([\w-]+)\]\([^)]+\) *\|[^|]+\| ([^|]+?) *\|$/gm)].map(
    ([, name = '', on = '']) => [name, on === '–' ? [] : on.split(', ').toSorted()],
  ),
);

/** The packages that the sources of a package import. */
function imported(folder: string): string[] {
  const sources = globSync(`${folder}/src/**/*.ts`).map((file) => readFileSync(file, 'utf8'));
  const names = sources.flatMap((source) =>
    [...source.matchAll(/from '@bearings\/([\w-]+)/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].toSorted();
}

test('the README draws every package', () => {
  const packages = globSync('packages/*').map((folder) => basename(folder));

  expect([...drawn.keys()].toSorted()).toEqual(packages.toSorted());
});

test.each([...drawn])('%s imports %j and nothing else of the house', (name, on) => {
  const { dependencies } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  const declared = Object.keys(dependencies).flatMap((each) => each.match(/^@bearings\/(.+)/)?.[1] ?? []);

  expect(imported(`packages/${name}`)).toEqual(on);
  expect(declared.toSorted()).toEqual(on);
});

test('the picture shows the slots in their order', () => {
  const floors = [...readme.matchAll(/^ {2}▼ (\S+)/gm)].map(([, floor]) => floor);

  expect(floors.filter((floor) => floor !== 'entry')).toEqual([...slots]);
});

test('every file in the picture is there', () => {
  const files = [...readme.matchAll(/packages\/\S+\.ts/g)].map(([file]) => file.replace(/\)$/, ''));

  expect(files.filter((file) => globSync(file).length === 0)).toEqual([]);
});

test('no stage imports another stage', () => {
  const stages = globSync('packages/client/src/stages/*.ts');

  const guilty = stages.filter((file) => /from '\.\/|stages\//.test(readFileSync(file, 'utf8')));

  expect(stages.length).toBeGreaterThan(7);
  expect(guilty).toEqual([]);
});

test('nothing logs, reads the environment or ends the process but the one file in which the command begins', () => {
  const sources = globSync('packages/*/src/**/*.ts').filter((file) => file !== 'packages/cli/src/main.ts');

  const guilty = sources.filter((file) => /\bconsole\.|\bprocess\./.test(readFileSync(file, 'utf8')));

  expect(guilty).toEqual([]);
});
