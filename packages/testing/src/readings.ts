import { isUtf8 } from 'node:buffer';

/** A text as somebody reads it who undoes an encoding. */
export interface Reading {
  /** What was undone. */
  readonly how: 'plain' | 'percent-encoded' | 'escaped' | 'decimal bytes';
  readonly text: string;
  /** From where to where in the original something stands that was found in this reading. */
  readonly sourceOf: (start: number, end: number) => readonly [start: number, end: number];
}

/**
 * A text as it is, and as it reads when what was percent-encoded (as a URL or a form has it), escaped (as JSON or
 * `util.inspect` has it), or spread over a list of numbers is undone: once, twice or thrice, while that changes anything.
 */
export function readingsOf(text: string): readonly Reading[] {
  const plain: Reading = { how: 'plain', text, sourceOf: (start, end) => [start, end] };
  return [
    plain,
    ...repeated(plain, { how: 'percent-encoded', unit: /%[0-7][\da-f]|(?:%[89a-f][\da-f])+/gi, read: unpercented }),
    ...repeated(plain, { how: 'percent-encoded', unit: /\+|%[0-7][\da-f]|(?:%[89a-f][\da-f])+/gi, read: unformed }),
    ...repeated(plain, { how: 'escaped', unit: /\\(?:u[\da-f]{4}|x[\da-f]{2}|.)/gis, read: unescaped }),
    ...(/\d,\s*["\d]/.test(text) ? [reread(plain, { how: 'decimal bytes', unit: /"\d+":|\s+/g, read: () => '' })] : []),
  ];
}

interface Encoding {
  readonly how: Reading['how'];
  /** What stands for something else. */
  readonly unit: RegExp;
  readonly read: (unit: string) => string;
}

function repeated(plain: Reading, encoding: Encoding): readonly Reading[] {
  const readings: Reading[] = [];
  let last = plain;
  for (let times = 0; times < 3 && last.text.search(encoding.unit) >= 0; times += 1) {
    last = reread(last, encoding);
    readings.push(last);
  }
  return readings;
}

/** What was replaced: where it stands now, and where it stood. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

const nothing: Piece = { start: 0, end: 0, from: 0, to: 0 };

function reread(before: Reading, { how, unit, read }: Encoding): Reading {
  const pieces: Piece[] = [nothing];
  let text = '';
  let readTo = 0;
  for (const { 0: found, index: from } of before.text.matchAll(unit)) {
    text += before.text.slice(readTo, from);
    const start = text.length;
    text += read(found);
    readTo = from + found.length;
    pieces.push({ start, end: text.length, from, to: readTo });
  }
  text += before.text.slice(readTo);
  const originOf = (index: number, isEnd: boolean): number => {
    const { end, from, to } = lastBefore(pieces, isEnd ? index - 1 : index);
    if (index >= end) return to + index - end;
    return isEnd ? to : from;
  };
  return { how, text, sourceOf: (start, end) => before.sourceOf(originOf(start, false), originOf(end, true)) };
}

/** The last piece that starts at or before a place, found by halving: there may be a million. */
function lastBefore(pieces: readonly Piece[], place: number): Piece {
  let [low, high] = [0, pieces.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((pieces[middle]?.start ?? Infinity) <= place) low = middle;
    else high = middle;
  }
  return pieces[low] ?? nothing;
}

/** Percent-encoded bytes as UTF-8, or as Latin-1 where that is no UTF-8. */
function unpercented(unit: string): string {
  const bytes = Buffer.from(unit.replaceAll('%', ''), 'hex');
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

const unformed = (unit: string): string => unpercented(unit.replaceAll('+', '%20'));

const shortEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function unescaped(unit: string): string {
  if (unit.length > 2) return String.fromCharCode(Number.parseInt(unit.slice(2), 16));
  return shortEscapes[unit.charAt(1)] ?? unit.charAt(1);
}
