/** A small wrong change of a source. */
export interface Mutant {
  /** The path from the root of the repository. */
  readonly file: string;
  /** The text to replace. It is in the file exactly once. */
  readonly from: string;
  readonly to: string;
  /** Why no test can tell it from the original, if that is so. */
  readonly equivalent?: string;
}

/** What to replace by what, and why that makes no difference, if it makes none. */
type Change = readonly [from: string, to: string, equivalent?: string];

/** The changes of a package, by the path of the file under `src`. */
export type Changes = Readonly<Record<string, readonly Change[]>>;

/** Makes the mutants of a package of its changes. */
export function mutantsIn(packageName: string, changes: Changes): readonly Mutant[] {
  return Object.entries(changes).flatMap(([path, ofFile]) =>
    ofFile.map(([from, to, equivalent]) => ({
      file: `packages/${packageName}/src/${path}`,
      from,
      to,
      ...(equivalent !== undefined && { equivalent }),
    })),
  );
}
