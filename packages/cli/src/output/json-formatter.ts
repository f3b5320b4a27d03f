import type { Color } from './color.ts';
import { escapeJsonControls } from './redaction.ts';

/** Formats JSON as it arrives. */
export interface JsonFormatter {
  /** The formatted form of the next piece. A word that has not ended is kept. */
  readonly push: (piece: string) => string;
  /** The rest. */
  readonly end: () => string;
}

/** How to format. */
export interface JsonFormatterOptions {
  /** Spaces for each level. `undefined`: one line without spaces. */
  readonly indent: number | undefined;
  /** Applies a color to a word. Default: no colors. */
  readonly paint?: (color: Color, text: string) => string;
}

/** Deeper levels have the same indentation: the output of a nested body must not grow with the square of its depth. */
const maxIndentedLevels = 40;

/** Deeper containers are taken for lists: only the color of their keys depends on it. */
const maxKnownLevels = 1_000;

interface State {
  /** The containers around, of which each is `{` or `[`. */
  readonly levels: string[];
  depth: number;
  /** The word that has begun. */
  word: string;
  isString: boolean;
  isEscaped: boolean;
  /** What was written last. */
  last: 'start' | 'open' | 'comma' | 'colon' | 'value';
}

/**
 * A formatter of JSON that changes nothing but the space between words: numbers, escapes and repeated names stay as they
 * are. It checks nothing: what is no JSON comes out as words, with all its letters. Control characters are escaped.
 */
export function createJsonFormatter(options: JsonFormatterOptions): JsonFormatter {
  const state: State = { levels: [], depth: 0, word: '', isString: false, isEscaped: false, last: 'start' };
  return {
    push(piece) {
      let out = '';
      for (const letter of piece) out += readLetter(letter, state, options);
      return out;
    },
    end: () => writeWord(state, options),
  };
}

function readLetter(letter: string, state: State, options: JsonFormatterOptions): string {
  if (state.isString) return readStringLetter(letter, state, options);
  if (/[ \t\r\n]/.test(letter)) return writeWord(state, options);
  if (letter === '"') {
    const before = writeWord(state, options);
    state.word = letter;
    state.isString = true;
    return before;
  }
  if ('{}[],:'.includes(letter)) return writeWord(state, options) + writePunctuation(letter, state, options);
  state.word += letter;
  return '';
}

function readStringLetter(letter: string, state: State, options: JsonFormatterOptions): string {
  state.word += letter;
  if (state.isEscaped) state.isEscaped = false;
  else if (letter === '\\') state.isEscaped = true;
  else if (letter === '"') return writeWord(state, options);
  return '';
}

function writeWord(state: State, options: JsonFormatterOptions): string {
  const { word, last } = state;
  if (word === '') return '';
  const isKey = state.levels.at(-1) === '{' && state.depth <= maxKnownLevels && (last === 'open' || last === 'comma');
  const before = separator(state, options);
  state.word = '';
  state.isString = false;
  state.last = 'value';
  const { paint = plain } = options;
  return before + paint(wordColor(word, isKey), escapeJsonControls(word));
}

const plain = (_: Color, text: string): string => text;

function wordColor(word: string, isKey: boolean): Color {
  if (isKey) return 'cyan';
  return word.startsWith('"') ? 'green' : 'yellow';
}

function writePunctuation(letter: string, state: State, options: JsonFormatterOptions): string {
  switch (letter) {
    case '{':
    case '[': {
      const before = separator(state, options);
      if (state.depth < maxKnownLevels) state.levels.push(letter);
      state.depth += 1;
      state.last = 'open';
      return before + letter;
    }
    case '}':
    case ']': {
      if (state.depth <= maxKnownLevels) state.levels.pop();
      state.depth = Math.max(0, state.depth - 1);
      const before = state.last === 'open' ? '' : lineBreak(state.depth, options);
      state.last = 'value';
      return before + letter;
    }
    default:
  }
  state.last = letter === ',' ? 'comma' : 'colon';
  return letter;
}

/** What stands before the next word. */
function separator({ last, depth }: State, options: JsonFormatterOptions): string {
  if (last === 'value') return depth === 0 ? '\n' : ' ';
  if (last === 'colon') return options.indent === undefined ? '' : ' ';
  return last === 'start' ? '' : lineBreak(depth, options);
}

const lineBreak = (depth: number, { indent }: JsonFormatterOptions): string =>
  indent === undefined ? '' : `\n${' '.repeat(indent * Math.min(depth, maxIndentedLevels))}`;
