import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { slots } from '@bearings/client/layer';
import { expect, test } from 'vitest';

const readme = readFileSync('README.md', 'utf8');

/** Package → the packages it builds on, as the table of the README draws it. */
const drawn = new Map(
  [...readme.matchAll(/^\| \[(?:@bearings\/)?([\w-]+)\]\(packages\/[^)]+\) *\|[^|]+\| ([^|]+?) *\|$/gm)].map(
    ([, name = '', on = '']) => [name, on === '–' ? [] : on.split(', ').toSorted()],
  ),
);

/** The packages that the sources of a package import. */
function imported(folder: string): string[] {
  const sources = globSync(`${folder}/src/**/*.ts`).map((file) => readFileSync(file, 'utf8'));
  const names = sources.flatMap((source) =>
    [...source.matchAll(/(?:from |\bimport\()'@bearings\/([\w-]+)/g)].map(([, name = '']) => name),
  );
  return [...new Set(names)].toSorted();
}

test('the README draws every package', () => {
  const packages = globSync('packages/*').map((folder) => basename(folder));

  expect([...drawn.keys()].toSorted()).toEqual(packages.toSorted());
});

test.each([...drawn])('%s imports %j and no other package of this repository', (name, on) => {
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
  const stages = globSync('packages/client/src/stages/**/*.ts');
  const concern = (file: string): string => file.split('/stages/')[1]?.split('/')[0] ?? '';

  const guilty = stages.filter((file) =>
    importedFiles(file).some((other) => other.includes('/stages/') && concern(other) !== concern(file)),
  );

  expect(stages.length).toBeGreaterThan(10);
  expect(guilty).toEqual([]);
});

test.each(globSync('packages/*/src'))('%s has no circle of imports, those of types included', (folder) => {
  expect(circles(globSync(`${folder}/**/*.ts`))).toEqual([]);
});

test('nothing logs, reads the environment or ends the process but the one file in which the command begins', () => {
  const sources = globSync('packages/*/src/**/*.ts').filter((file) => file !== 'packages/cli/src/main.ts');

  const guilty = sources.filter((file) => /\bconsole\.|\bprocess\./.test(readFileSync(file, 'utf8')));

  expect(guilty).toEqual([]);
});

test.each(['client', 'oidc-discovery', 'oauth-bearer'])(
  '%s loads where there is no module of Node and no Buffer: it imports none, but in a function',
  (name) => {
    const sources = globSync(`packages/${name}/src/**/*.ts`);
    const outside =
      /^(?:import|export) (?!type\b)[^;]*from 'node:|^import 'node:|\bBuffer\.|^(?! ).*await import\('node:/m;

    const guilty = sources.filter((file) => outside.test(readFileSync(file, 'utf8')));

    expect(sources.length).toBeGreaterThan(10);
    expect(guilty).toEqual([]);
  },
);

/** The files that a source file imports by a relative path, types included. */
function importedFiles(file: string): string[] {
  const paths = readFileSync(file, 'utf8').matchAll(/ from '(\.{1,2}\/[^']+)'/g);
  return [...paths].map(([, path = '']) => join(dirname(file), path));
}

/** Each circle of imports, as the files on it in their order. */
function circles(files: readonly string[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    if (path.includes(file) || done.has(file)) return;
    for (const next of importedFiles(file)) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}
