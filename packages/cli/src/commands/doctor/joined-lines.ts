import type { Line } from './check.ts';

/** One line for all the checks in a row that one failure kept from being made. */
export async function* joinedLines(lines: AsyncIterable<Line>): AsyncGenerator<Line> {
  let row: readonly Line[] = [];
  for await (const line of lines) {
    if (!continues(row, line)) {
      yield* joined(row);
      row = [];
    }
    if (line.after === undefined) yield line;
    else row = [...row, line];
  }
  yield* joined(row);
}

const continues = ([first]: readonly Line[], { subject, after }: Line): boolean =>
  first === undefined || (first.subject === subject && first.after === after);

function joined(row: readonly Line[]): readonly Line[] {
  const [first] = row;
  if (first === undefined) return [];
  const names = row.map(({ check }) => check).join(', ');
  return [{ ...first, check: 'not checked', says: `${names}: ${first.after} failed` }];
}
