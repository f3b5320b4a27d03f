/** A path in a document: field names, and list indexes from 0. */
export type DocumentPath = readonly (string | number)[];

/** Formats a path for messages, such as `clients.orders.auth.scopes[1]`. */
export function formatPath(path: DocumentPath): string {
  return path.map((step, depth) => (typeof step === 'number' ? `[${step}]` : formatStep(step, depth))).join('');
}

const maxChars = 60;

/** Formats a name from a document. A name that is not plain is quoted, shortened and made safe for a terminal. */
export function formatName(name: string): string {
  return /^[\w$-]+$/.test(name) && name.length <= maxChars ? name : JSON.stringify(toSafeLine(name, maxChars));
}

/** Makes untrusted text safe for a terminal: one line, without control characters. */
export function toSafeLine(text: string, maxLength: number = Infinity): string {
  const safe = text.replace(/[^\x20-\x7e]/gu, (letter) => (/[\p{L}\p{N}]/u.test(letter) ? letter : '\u{fffd}'));
  return safe.length > maxLength ? `${safe.slice(0, maxLength).toWellFormed()}…` : safe;
}

function formatStep(name: string, depth: number): string {
  const shown = formatName(name);
  if (shown !== name) return `[${shown}]`;
  return depth === 0 ? name : `.${name}`;
}
