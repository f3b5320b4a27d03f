/** A way into a document: names of fields, and places in lists from 0. */
export type DocumentPath = readonly (string | number)[];

/** The way for a person, such as `clients.orders.auth.scopes[1]`. */
export function shownPath(path: DocumentPath): string {
  return path.map((step, depth) => (typeof step === 'number' ? `[${step}]` : shownStep(step, depth))).join('');
}

const mostChars = 60;

/** A name from a document, as it is when it is a plain one; else quoted, cut, and safe on a terminal. */
export function shownName(name: string): string {
  return /^[\w$-]+$/.test(name) && name.length <= mostChars ? name : JSON.stringify(onOneLine(name, mostChars));
}

/** Text of a stranger's, without what would move a terminal's cursor. */
export function onOneLine(text: string, most: number = Infinity): string {
  const safe = text.replace(/[^\x20-\x7e]/gu, (letter) => (/[\p{L}\p{N}]/u.test(letter) ? letter : '\u{fffd}'));
  return safe.length > most ? `${safe.slice(0, most).toWellFormed()}…` : safe;
}

function shownStep(name: string, depth: number): string {
  const shown = shownName(name);
  if (shown !== name) return `[${shown}]`;
  return depth === 0 ? name : `.${name}`;
}
