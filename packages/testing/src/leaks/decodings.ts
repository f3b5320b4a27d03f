import { isUtf8 } from 'node:buffer';

/** A text after one encoding was removed. */
export interface Decoding {
  /** The encoding that was removed. */
  readonly encoding: 'plain' | 'percent-encoded' | 'escaped' | 'decimal bytes';
  readonly text: string;
  /** Converts a range of this text to the range in the original text. */
  readonly toSourceRange: (start: number, end: number) => readonly [start: number, end: number];
}

/**
 * The text itself, and the text with one encoding removed: percent-encoding (of a URL or a form), escapes (of JSON or
 * `util.inspect`), or a list of byte values. The first two are removed up to three times, while the text changes.
 */
export function decodings(text: string): readonly Decoding[] {
  const plain: Decoding = { encoding: 'plain', text, toSourceRange: (start, end) => [start, end] };
  return [
    plain,
    ...decodeRepeatedly(plain, {
      encoding: 'percent-encoded',
      pattern: /%[0-7][\da-f]|(?:%[89a-f][\da-f])+/gi,
      decode: decodePercent,
    }),
    ...decodeRepeatedly(plain, {
      encoding: 'percent-encoded',
      pattern: /\+|%[0-7][\da-f]|(?:%[89a-f][\da-f])+/gi,
      decode: decodeForm,
    }),
    ...decodeRepeatedly(plain, {
      encoding: 'escaped',
      pattern: /\\(?:u[\da-f]{4}|x[\da-f]{2}|.)/gis,
      decode: decodeEscape,
    }),
    ...(/\d,\s*["\d]/.test(text)
      ? [decodeOnce(plain, { encoding: 'decimal bytes', pattern: /"\d+":|\s+/g, decode: () => '' })]
      : []),
  ];
}

interface Decoder {
  readonly encoding: Decoding['encoding'];
  /** The encoded units. */
  readonly pattern: RegExp;
  readonly decode: (pattern: string) => string;
}

function decodeRepeatedly(plain: Decoding, encoding: Decoder): readonly Decoding[] {
  const results: Decoding[] = [];
  let last = plain;
  for (let times = 0; times < 3 && last.text.search(encoding.pattern) >= 0; times += 1) {
    last = decodeOnce(last, encoding);
    results.push(last);
  }
  return results;
}

/** A decoded unit: `start` and `end` in the new text, `from` and `to` in the old one. */
interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

const noReplacement: Replacement = { start: 0, end: 0, from: 0, to: 0 };

function decodeOnce(before: Decoding, { encoding, pattern, decode }: Decoder): Decoding {
  const replacements: Replacement[] = [noReplacement];
  let text = '';
  let copiedTo = 0;
  for (const { 0: found, index: from } of before.text.matchAll(pattern)) {
    text += before.text.slice(copiedTo, from);
    const start = text.length;
    text += decode(found);
    copiedTo = from + found.length;
    replacements.push({ start, end: text.length, from, to: copiedTo });
  }
  text += before.text.slice(copiedTo);
  const toSourceIndex = (index: number, isEnd: boolean): number => {
    const { end, from, to } = lastReplacementBefore(replacements, isEnd ? index - 1 : index);
    if (index >= end) return to + index - end;
    return isEnd ? to : from;
  };
  return {
    encoding,
    text,
    toSourceRange: (start, end) => before.toSourceRange(toSourceIndex(start, false), toSourceIndex(end, true)),
  };
}

/** The last replacement that starts at or before an index. Binary search, because there may be a million. */
function lastReplacementBefore(replacements: readonly Replacement[], index: number): Replacement {
  let [low, high] = [0, replacements.length];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((replacements[middle]?.start ?? Infinity) <= index) low = middle;
    else high = middle;
  }
  return replacements[low] ?? noReplacement;
}

/** Decodes the bytes as UTF-8, or as Latin-1 if they are not valid UTF-8. */
function decodePercent(unit: string): string {
  const bytes = Buffer.from(unit.replaceAll('%', ''), 'hex');
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

const decodeForm = (unit: string): string => decodePercent(unit.replaceAll('+', '%20'));

const shortEscapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

function decodeEscape(unit: string): string {
  if (unit.length > 2) return String.fromCharCode(Number.parseInt(unit.slice(2), 16));
  return shortEscapes[unit.charAt(1)] ?? unit.charAt(1);
}
