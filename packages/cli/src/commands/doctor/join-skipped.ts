import type { CheckResult } from './check.ts';

/** Joins consecutive checks that were skipped because of the same failure into one result. */
export async function* joinSkipped(results: AsyncIterable<CheckResult>): AsyncGenerator<CheckResult> {
  let row: readonly CheckResult[] = [];
  for await (const result of results) {
    if (!belongsToRow(row, result)) {
      yield* joinRow(row);
      row = [];
    }
    if (result.blockedBy === undefined) yield result;
    else row = [...row, result];
  }
  yield* joinRow(row);
}

const belongsToRow = ([first]: readonly CheckResult[], { subject, blockedBy }: CheckResult): boolean =>
  first === undefined || (first.subject === subject && first.blockedBy === blockedBy);

function joinRow(row: readonly CheckResult[]): readonly CheckResult[] {
  const [first] = row;
  if (first === undefined) return [];
  const names = row.map(({ check }) => check).join(', ');
  return [{ ...first, check: 'not checked', message: `${names}: ${first.blockedBy} failed` }];
}
