/** The style of a word, used where the output has colors. */
export type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';

/** Applies a style to a text, or returns the text unchanged where the output has no colors. */
export type ApplyStyle = (style: Style, text: string) => string;

/** A text that is split only when it is longer than its column. */
export interface Word {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** The words of one cell; lines break between words. */
export type Cell = readonly Word[];

/** A row of a table, with notes below it over the whole width. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly notes?: readonly Word[];
}

/** What to show, and how wide. */
export interface TableOptions {
  readonly titles: readonly string[];
  readonly rows: readonly Row[];
  /** In characters; `undefined` for no limit, as in a pipe. */
  readonly width: number | undefined;
  readonly applyStyle: ApplyStyle;
}

/** The words of a text, each in the same style. */
export function toWords(text: string, style?: Style): Cell {
  return text.split(' ').map((word) => ({ text: word, style }));
}

/**
 * The lines of a table, none longer than `width`. Columns become narrower and their words wrap; when that is not
 * enough, each row becomes a block of lines, one for each column. Nothing is cut off.
 */
export function table({ titles, rows, width = Infinity, applyStyle }: TableOptions): readonly string[] {
  const heading = titles.map((title) => [{ text: title, style: 'dim' as const }]);
  const columns = heading.map((cell, column) => [cell, ...rows.map(({ cells }) => cells[column] ?? [])]);
  const widths = fitColumns(columns, width - gap.length * (titles.length - 1));
  if (widths === undefined) return rows.flatMap((row) => blockLines(titles, row, { width, applyStyle }));
  return [
    ...rowLines(heading, widths, applyStyle),
    ...rows.flatMap(({ cells, notes }) => [
      ...rowLines(cells, widths, applyStyle),
      ...noteLines(notes, { width, applyStyle }),
    ]),
  ];
}

const gap = '  ';
/** A narrower column cannot be read. */
const minimumWidth = 10;

type LineOptions = Pick<TableOptions, 'applyStyle'> & { readonly width: number };

/** A column's preferred and minimum width. */
interface ColumnRange {
  readonly preferred: number;
  readonly minimum: number;
}

/** Widths that fit: words wrap first, then they are split; `undefined` when the columns do not fit at all. */
function fitColumns(columns: readonly (readonly Cell[])[], available: number): readonly number[] | undefined {
  const preferred = columns.map((cells) => Math.max(...cells.map(textLength)));
  const longest = columns.map((cells) => Math.max(...cells.flat().map(({ text }) => text.length)));
  const wrapped = shrinkColumns(
    preferred.map((each, at) => ({ preferred: each, minimum: longest[at] ?? 0 })),
    available,
  );
  const spans = wrapped.map((each) => ({ preferred: each, minimum: Math.min(each, minimumWidth) }));
  const broken = shrinkColumns(spans, available);
  return sum(broken) > available ? undefined : broken;
}

/** Shrinks the column with the most slack first, then the next, so that few columns become narrower. */
function shrinkColumns(spans: readonly ColumnRange[], available: number): readonly number[] {
  const widths = spans.map(({ preferred }) => preferred);
  const slacks = spans.map(({ preferred, minimum }, at) => ({ at, slack: Math.max(0, preferred - minimum) }));
  for (const { at, slack } of slacks.toSorted((one, other) => other.slack - one.slack)) {
    const over = Math.max(0, sum(widths) - available);
    widths[at] = (widths[at] ?? 0) - Math.min(slack, over);
  }
  return widths;
}

const sum = (widths: readonly number[]): number => widths.reduce((total, each) => total + each, 0);

function rowLines(cells: readonly Cell[], widths: readonly number[], applyStyle: ApplyStyle): readonly string[] {
  const wrapped = widths.map((width, column) => wrap(cells[column] ?? [], width));
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    widths
      .map((width, column) => padCell(wrapped[column]?.[at] ?? [], width, applyStyle))
      .join(gap)
      .trimEnd(),
  );
}

function padCell(words: Cell, width: number, applyStyle: ApplyStyle): string {
  return `${renderWords(words, applyStyle)}${' '.repeat(Math.max(0, width - textLength(words)))}`;
}

/** Joins neighbouring words of the same style, so that the style is applied once. */
function renderWords(words: Cell, applyStyle: ApplyStyle): string {
  const runs: Word[] = [];
  for (const { text, style } of words) {
    const last = runs.at(-1);
    if (last !== undefined && last.style === style) runs[runs.length - 1] = { text: `${last.text} ${text}`, style };
    else runs.push({ text, style });
  }
  return runs.map(({ text, style }) => (style === undefined ? text : applyStyle(style, text))).join(' ');
}

const textLength = (words: Cell): number =>
  words.reduce((total, { text }) => total + text.length, 0) + Math.max(0, words.length - 1);

function noteLines(notes: readonly Word[] = [], { width, applyStyle }: LineOptions): readonly string[] {
  if (notes.length === 0) return [];
  return wrap(notes, width - gap.length).map((line) => `${gap}${renderWords(line, applyStyle)}`);
}

function blockLines(
  titles: readonly string[],
  { cells, notes }: Row,
  { width, applyStyle }: LineOptions,
): readonly string[] {
  const indent = Math.max(...titles.map(({ length }) => length)) + gap.length;
  const lines = titles.flatMap((title, column) => {
    const cell = cells[column] ?? [];
    const value = textLength(cell) === 0 ? [] : wrap(cell, Math.max(minimumWidth, width - indent));
    return value.map((words, at) => {
      const label = at === 0 ? applyStyle('dim', title) + ' '.repeat(indent - title.length) : ' '.repeat(indent);
      return `${label}${renderWords(words, applyStyle)}`.trimEnd();
    });
  });
  return [...lines, ...noteLines(notes, { width: Math.max(minimumWidth, width), applyStyle }), ''];
}

/** Wraps words into lines of a width; a word that is longer than a line continues on the next. */
export function wrap(words: Cell, width: number): readonly Cell[] {
  const lines: Word[][] = [[]];
  for (const word of words.flatMap((each) => splitWord(each, width))) {
    const line = lines.at(-1) ?? [];
    if (line.length > 0 && textLength([...line, word]) > width) lines.push([word]);
    else line.push(word);
  }
  return lines;
}

function splitWord({ text, style }: Word, width: number): readonly Word[] {
  if (text.length <= width) return [{ text, style }];
  const count = Math.ceil(text.length / width);
  return Array.from({ length: count }, (_, at) => ({ text: text.slice(at * width, (at + 1) * width), style }));
}
