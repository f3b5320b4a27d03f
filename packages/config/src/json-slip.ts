import type { TextFlaw, Tree } from './yaml-tree.ts';

/**
 * Where a text is no JSON; `undefined` when it is.
 *
 * The platform says where it stopped, mostly, but quotes the text; what it says is not shown.
 */
export function jsonSlip(text: string, { flaws }: Tree): TextFlaw | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (cause) {
    const said = cause instanceof Error ? /at position (\d+)/.exec(cause.message)?.[1] : undefined;
    const offset = said === undefined ? (flaws[0]?.offset ?? firstStranger(text)) : Number(said);
    return { path: [], offset, found: 'is no JSON from here on', expected: 'look for a comma, a quote or a bracket' };
  }
}

/** What JSON is made of, one after the other; white space is a part of it. */
const piece = /(?:[\s{}[\],:]|"(?:[^"\\]|\\.)*"|(?:true|false|null|-?\d[\d.eE+-]*)(?![\w]))/y;

/** The first place where no piece of JSON begins; the end when there is none. */
function firstStranger(text: string): number {
  piece.lastIndex = 0;
  let offset = 0;
  while (piece.test(text)) offset = piece.lastIndex;
  return offset;
}
