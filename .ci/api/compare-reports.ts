/** The text of each report by the name of its file. */
export type Reports = ReadonlyMap<string, string>;

/** What became of the public types of one entry point. */
export interface Drift {
  readonly file: string;
  readonly kind: 'added' | 'changed' | 'removed';
}

/** Finds the reports that differ: `recorded` are those of the repository, `current` those of the packed packages. */
export function compareReports(recorded: Reports, current: Reports): readonly Drift[] {
  const files = [...new Set([...recorded.keys(), ...current.keys()])].toSorted();
  return files.flatMap((file): readonly Drift[] => {
    const before = recorded.get(file);
    const after = current.get(file);
    if (before === after) return [];
    if (before === undefined) return [{ file, kind: 'added' }];
    return [{ file, kind: after === undefined ? 'removed' : 'changed' }];
  });
}
