/** How a word may be shown, where there are colors. */
export type Style = 'bold' | 'cyan' | 'dim' | 'green' | 'red' | 'yellow';

/** Puts a style on a text, or leaves it as it is where there are no colors. */
export type Paint = (style: Style, text: string) => string;

/** A piece of text that is broken only when it is longer than its column. */
export interface Word {
  readonly text: string;
  readonly style?: Style | undefined;
}

/** What is in one place of a table; wrapped between words. */
export type Cell = readonly Word[];

/** A line of a table, and what is said below it over the whole width. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly notes?: readonly Word[];
}

/** What is shown, and on how much room. */
export interface TableOptions {
  readonly titles: readonly string[];
  readonly rows: readonly Row[];
  /** In characters; `undefined` for as much as it takes, as in a pipe. */
  readonly width: number | undefined;
  readonly paint: Paint;
}

/** The words of a text, each in the same style. */
export function wordsOf(text: string, style?: Style): Cell {
  return text.split(' ').map((word) => ({ text: word, style }));
}

/**
 * A table as lines, no longer than the room there is: columns become narrower and their words wrap; where even that
 * does not do, each row becomes a block of lines, one for each column. Nothing is cut off.
 */
export function table({ titles, rows, width = Infinity, paint }: TableOptions): readonly string[] {
  const heading = titles.map((title) => [{ text: title, style: 'dim' as const }]);
  const columns = heading.map((cell, column) => [cell, ...rows.map(({ cells }) => cells[column] ?? [])]);
  const widths = fitted(columns, width - gap.length * (titles.length - 1));
  if (widths === undefined) return rows.flatMap((row) => block(titles, row, { width, paint }));
  return [
    ...linesOf(heading, widths, paint),
    ...rows.flatMap(({ cells, notes }) => [...linesOf(cells, widths, paint), ...notesOf(notes, { width, paint })]),
  ];
}

const gap = '  ';
/** A column that is narrower than this cannot be read. */
const leastWidth = 10;

type Room = Pick<TableOptions, 'paint'> & { readonly width: number };

/** How wide a column would be, and how narrow it may become. */
interface Span {
  readonly wanted: number;
  readonly least: number;
}

/** Makes columns narrower until they fit: first where words can wrap, then through words; `undefined` when they cannot. */
function fitted(columns: readonly (readonly Cell[])[], room: number): readonly number[] | undefined {
  const wanted = columns.map((cells) => Math.max(...cells.map(lengthOf)));
  const longest = columns.map((cells) => Math.max(...cells.flat().map(({ text }) => text.length)));
  const wrapped = shrunk(
    wanted.map((each, at) => ({ wanted: each, least: longest[at] ?? 0 })),
    room,
  );
  const spans = wrapped.map((each) => ({ wanted: each, least: Math.min(each, leastWidth) }));
  const broken = shrunk(spans, room);
  return sumOf(broken) > room ? undefined : broken;
}

/** Takes all from the column that can give most, then from the next: as few as possible become narrower. */
function shrunk(spans: readonly Span[], room: number): readonly number[] {
  const widths = spans.map(({ wanted }) => wanted);
  const slacks = spans.map(({ wanted, least }, at) => ({ at, slack: Math.max(0, wanted - least) }));
  for (const { at, slack } of slacks.toSorted((one, other) => other.slack - one.slack)) {
    const over = Math.max(0, sumOf(widths) - room);
    widths[at] = (widths[at] ?? 0) - Math.min(slack, over);
  }
  return widths;
}

const sumOf = (widths: readonly number[]): number => widths.reduce((sum, each) => sum + each, 0);

function linesOf(cells: readonly Cell[], widths: readonly number[], paint: Paint): readonly string[] {
  const wrapped = widths.map((width, column) => wrap(cells[column] ?? [], width));
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, at) =>
    widths
      .map((width, column) => padded(wrapped[column]?.[at] ?? [], width, paint))
      .join(gap)
      .trimEnd(),
  );
}

function padded(words: Cell, width: number, paint: Paint): string {
  return `${shown(words, paint)}${' '.repeat(Math.max(0, width - lengthOf(words)))}`;
}

/** Neighbours in the same style are painted as one. */
function shown(words: Cell, paint: Paint): string {
  const runs: Word[] = [];
  for (const { text, style } of words) {
    const last = runs.at(-1);
    if (last !== undefined && last.style === style) runs[runs.length - 1] = { text: `${last.text} ${text}`, style };
    else runs.push({ text, style });
  }
  return runs.map(({ text, style }) => (style === undefined ? text : paint(style, text))).join(' ');
}

const lengthOf = (words: Cell): number =>
  words.reduce((sum, { text }) => sum + text.length, 0) + Math.max(0, words.length - 1);

function notesOf(notes: readonly Word[] = [], { width, paint }: Room): readonly string[] {
  if (notes.length === 0) return [];
  return wrap(notes, width - gap.length).map((line) => `${gap}${shown(line, paint)}`);
}

function block(titles: readonly string[], { cells, notes }: Row, { width, paint }: Room): readonly string[] {
  const indent = Math.max(...titles.map(({ length }) => length)) + gap.length;
  const lines = titles.flatMap((title, column) => {
    const cell = cells[column] ?? [];
    const value = lengthOf(cell) === 0 ? [] : wrap(cell, Math.max(leastWidth, width - indent));
    return value.map((words, at) => {
      const label = at === 0 ? paint('dim', title) + ' '.repeat(indent - title.length) : ' '.repeat(indent);
      return `${label}${shown(words, paint)}`.trimEnd();
    });
  });
  return [...lines, ...notesOf(notes, { width: Math.max(leastWidth, width), paint }), ''];
}

/** Words in lines of a width; a word that is longer than a line goes on in the next. */
export function wrap(words: Cell, width: number): readonly Cell[] {
  const lines: Word[][] = [[]];
  for (const word of words.flatMap((each) => pieces(each, width))) {
    const line = lines.at(-1) ?? [];
    if (line.length > 0 && lengthOf([...line, word]) > width) lines.push([word]);
    else line.push(word);
  }
  return lines;
}

function pieces({ text, style }: Word, width: number): readonly Word[] {
  if (text.length <= width) return [{ text, style }];
  const count = Math.ceil(text.length / width);
  return Array.from({ length: count }, (_, at) => ({ text: text.slice(at * width, (at + 1) * width), style }));
}
