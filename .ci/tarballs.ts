import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { resolve } from 'node:path';

type Names = Readonly<Record<string, string>>;
type Conditions = string | Readonly<Record<string, string>>;

/** The parts of a published manifest that the checks of releases read. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports?: Readonly<Record<string, Conditions>>;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
}

export interface Tarball {
  readonly file: string;
  readonly manifest: Manifest;
}

/** Reads a text file in a packed package; the path is relative to the package. */
export function readPackedFile(tarball: string, path: string): string {
  return execFileSync('tar', ['xzOf', tarball, `package/${path}`], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

/**
 * Finds the packed packages in a folder, or in its folders, in an order in which each follows what it depends on.
 *
 * @throws when there are none, or when two of them have the same name
 */
export function readTarballs(folder: string): readonly Tarball[] {
  const found = globSync(['*.tgz', '*/*.tgz'], { cwd: folder })
    .toSorted()
    .map((path) => resolve(folder, path))
    .map((file): Tarball => ({ file, manifest: JSON.parse(readPackedFile(file, 'package.json')) }));
  if (found.length === 0) throw new Error(`${folder} has no packed packages. Pack them: pnpm -r pack`);

  const byName = new Map(found.map((tarball) => [tarball.manifest.name, tarball]));
  if (byName.size < found.length) throw new Error(`${folder} has two tarballs of one package. Use an empty folder.`);
  const sorted = new Set<Tarball>();
  const visit = (tarball: Tarball): void => {
    const names = Object.keys(tarball.manifest.dependencies ?? {}).toSorted();
    for (const name of names) {
      const dependency = byName.get(name);
      if (dependency !== undefined && !sorted.has(dependency)) visit(dependency);
    }
    sorted.add(tarball);
  };
  for (const tarball of found) visit(tarball);
  return [...sorted];
}

/** An entry point with types: what users write after `import`, and the path of its declarations in the package. */
export interface EntryPoint {
  readonly specifier: string;
  readonly types: string;
}

/**
 * What users import without installing more: not the command, which runs, not JSON, and not an entry point that is named
 * after a peer, such as `./vitest`.
 */
export function listImports({ name, exports = {}, peerDependencies = {} }: Manifest): readonly string[] {
  const left = ['./main', ...Object.keys(peerDependencies).map((peer) => `./${peer}`)];
  const paths = Object.keys(exports).filter((path) => !path.endsWith('.json') && !left.includes(path));
  return paths.map((path) => name + path.slice(1));
}

/** The entry points of a package that have types. */
export function listEntryPoints({ name, exports = {} }: Manifest): readonly EntryPoint[] {
  return Object.entries(exports).flatMap(([path, conditions]) => {
    const types = typeof conditions === 'string' ? undefined : conditions['types'];
    return types === undefined ? [] : [{ specifier: path.replace('.', name), types }];
  });
}
