/** One line of a comparison. Numbers are from 1. */
export interface DiffLine {
  readonly type: 'same' | 'add' | 'del';
  readonly text: string;
  /** The number in the text that the line is in; for `same`, in the new one. */
  readonly number: number;
}

/** Beyond this many pairs of lines the middle is shown as replaced. */
const maxPairs = 4_000_000;

/** The lines of two texts: what both have, what only the old one has, and what only the new one has. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const [old, now] = [toLines(before), toLines(after)];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const middle = compare(old.slice(start, old.length - end), now.slice(start, now.length - end), start);
  const same = (text: string, index: number): DiffLine => ({ type: 'same', text, number: index + 1 });
  const last = now.length - end;
  return [
    ...now.slice(0, start).map(same),
    ...middle,
    ...now.slice(last).map((text, index) => same(text, last + index)),
  ];
}

const toLines = (text: string): readonly string[] => (text === '' ? [] : text.replace(/\n$/, '').split('\n'));

/** By the longest common subsequence. */
function compare(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  const lengths = old.length * now.length > maxPairs ? [] : commonLengths(old, now);
  const length = (row: number, column: number): number => lengths[row]?.[column] ?? 0;
  const lines: DiffLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < now.length) {
    const [left, right] = [old[row], now[column]];
    if (left !== undefined && left === right) {
      lines.push({ type: 'same', text: left, number: offset + column + 1 });
      row += 1;
      column += 1;
    } else if (left !== undefined && (right === undefined || length(row + 1, column) >= length(row, column + 1))) {
      lines.push({ type: 'del', text: left, number: offset + row + 1 });
      row += 1;
    } else {
      lines.push({ type: 'add', text: right ?? '', number: offset + column + 1 });
      column += 1;
    }
  }
  return lines;
}

function commonLengths(old: readonly string[], now: readonly string[]): readonly (readonly number[])[] {
  const rows: number[][] = Array.from({ length: old.length + 1 }, () =>
    Array.from({ length: now.length + 1 }, () => 0),
  );
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = now.length - 1; column >= 0; column -= 1) {
      const [here, below] = [rows[row] ?? [], rows[row + 1] ?? []];
      here[column] =
        old[row] === now[column] ? (below[column + 1] ?? 0) + 1 : Math.max(below[column] ?? 0, here[column + 1] ?? 0);
    }
  }
  return rows;
}

/** Lines that are not shown, between those that are. */
export type Folded = DiffLine | { readonly type: 'fold'; readonly hidden: number };

/** Only lines near a difference, with up to `around` lines before and after it. */
export function foldLines(lines: readonly DiffLine[], around = 2): readonly Folded[] {
  const near = lines.map((_, place) =>
    lines.slice(Math.max(0, place - around), place + around + 1).some(({ type }) => type !== 'same'),
  );
  const folded: Folded[] = [];
  let hidden = 0;
  lines.forEach((line, place) => {
    if (!near[place]) {
      hidden += 1;
      return;
    }
    if (hidden > 0) folded.push({ type: 'fold', hidden });
    hidden = 0;
    folded.push(line);
  });
  if (hidden > 0) folded.push({ type: 'fold', hidden });
  return folded;
}
