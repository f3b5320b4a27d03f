import type { Manifest } from '../tarballs.ts';

/** What of a component of CycloneDX names a package. */
export interface Component {
  readonly group?: string;
  readonly name: string;
}

/** The name in the registry of a dependency: an alias such as `npm:ts-results-es@^7` has another than the key. */
function registryName([name, range]: readonly [string, string]): string {
  return /^npm:(?<name>@?[^@]+)/.exec(range)?.groups?.['name'] ?? name;
}

/** The dependencies that a package needs at run time, and that the components do not have. */
export function findMissing(
  { dependencies, optionalDependencies }: Pick<Manifest, 'dependencies' | 'optionalDependencies'>,
  components: readonly Component[],
): readonly string[] {
  const listed = new Set(components.map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)));
  const needed = Object.entries({ ...dependencies, ...optionalDependencies }).map(registryName);
  return needed.filter((name) => !listed.has(name));
}
