import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import semver from 'semver';
import { expect, test } from 'vitest';

type Names = Readonly<Record<string, string>>;

interface Manifest {
  readonly name: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly homepage?: string;
  readonly bugs?: string;
  readonly author?: string;
  readonly license?: string;
  readonly repository?: { readonly url: string; readonly directory: string };
  readonly files: readonly string[];
  readonly publishConfig: { readonly provenance?: boolean };
  readonly dependencies?: Names;
  readonly devDependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly engines: { readonly node: string };
}

const repository = 'https://github.com/bearings-dev/bearings';
const manifests = globSync('packages/*/package.json').map((file) => ({ folder: dirname(file), ...read(file) }));

function read(file: string): Manifest {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The manifest of a dependency, as the package in the folder resolves it. */
function installed(name: string, folder: string): Manifest {
  const paths = createRequire(resolve(folder, 'package.json')).resolve.paths(name) ?? [];
  const file = paths.map((path) => join(path, name, 'package.json')).find((path) => existsSync(path));
  if (file === undefined) throw new Error(`${name} is not installed for ${folder}`);
  return read(file);
}

/** Faults of a manifest that keep it from being found, or published with provenance. */
function findFaults(folder: string, manifest: Manifest): readonly string[] {
  const { description, keywords = [], homepage, bugs, author, license, publishConfig } = manifest;
  const fields = { description, homepage, bugs, author, license };
  const missing = Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [name] : []));
  const isFound = manifest.repository?.url === `git+${repository}.git` && manifest.repository.directory === folder;
  return [
    ...missing,
    ...(keywords.length < 3 ? ['keywords'] : []),
    ...(publishConfig.provenance === true && !isFound ? ['provenance without repository'] : []),
    ...(publishConfig.provenance === true ? [] : ['provenance']),
  ];
}

test.each(manifests)('$name says where it comes from, and what it is for', ({ folder, ...manifest }) => {
  expect(findFaults(folder, manifest)).toEqual([]);
});

test('provenance without a repository, or with the folder of another package, is a fault', () => {
  const [{ folder, repository: known, ...rest }] = manifests as [(typeof manifests)[number]];

  expect(findFaults(folder, rest)).toEqual(['provenance without repository']);
  expect(findFaults('packages/other', { ...rest, ...(known && { repository: known }) })).toEqual([
    'provenance without repository',
  ]);
});

test.each(manifests)('$name has README, LICENSE and CHANGELOG in its tarball', ({ folder, files }) => {
  const missing = ['README.md', 'LICENSE', 'CHANGELOG.md'].filter((file) => !existsSync(join(folder, file)));

  expect(missing).toEqual([]);
  // npm adds the other two
  expect(files).toContain('CHANGELOG.md');
});

test.each(manifests)('$name shares its dependencies with a service: ranges, but exact below 1.0', (manifest) => {
  const { name: _, dependencies, optionalDependencies } = manifest;

  const wrong = Object.entries({ ...dependencies, ...optionalDependencies }).filter(([name, range]) => {
    if (name.startsWith('@bearings/')) return range !== 'workspace:^';
    const version = range.replace(/^npm:.+@/, '');
    const lowest = semver.minVersion(version);
    return version !== `${lowest?.major === 0 ? '' : '^'}${lowest?.version}`;
  });

  expect(wrong).toEqual([]);
});

test.each([{ folder: '.', ...read('package.json') }, ...manifests])(
  '$name is built with exact versions',
  (manifest) => {
    const { devDependencies = {} } = manifest;

    const loose = Object.entries(devDependencies).filter(
      ([, version]) => version !== 'workspace:*' && semver.valid(version) === null,
    );

    expect(loose).toEqual([]);
  },
);

test.each(manifests)('$name allows no Node that one of its dependencies excludes', ({ folder, ...manifest }) => {
  const names = Object.keys({ ...manifest.dependencies });

  const excluding = names.flatMap((name) => {
    const range = installed(name, folder).engines?.node ?? '*';
    return semver.subset(manifest.engines.node, range) ? [] : [`${name} needs ${range}`];
  });

  expect(excluding).toEqual([]);
});

test('engines are compared with the Node that runs the scripts, and not with that of the system', () => {
  const { devDependencies } = read('package.json');
  const settings = readFileSync('pnpm-workspace.yaml', 'utf8');

  expect(settings.match(/^nodeVersion: (.+)$/m)?.[1]).toBe(devDependencies?.['node']);
});

test('the support policy names the lowest Node of each package', () => {
  const policy = readFileSync('docs/support.md', 'utf8');
  const rows = [...policy.matchAll(/^\| (.*`.*?) +\| (\d+\.\d+\.\d+)/gm)];
  const stated = ({ name }: Manifest): string | undefined => {
    const [, last = ''] = name.match(/^(?:@bearings\/)?(.+)$/) ?? [];
    const named = rows.find(([, packages = '']) => packages.split(/\W+/).includes(last)) ?? rows.at(-1);
    return named?.[2];
  };

  expect(rows).toHaveLength(3);
  for (const manifest of manifests) {
    expect([manifest.name, stated(manifest)]).toEqual([
      manifest.name,
      semver.minVersion(manifest.engines.node)?.version,
    ]);
  }
});
