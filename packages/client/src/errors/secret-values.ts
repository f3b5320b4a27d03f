/** Letters, digits and what else stands in names and in tokens. A table, because every character is looked up. */
const isWordCode = Uint8Array.from({ length: 128 }, (_, code) => (/[\w.~$-]/.test(String.fromCharCode(code)) ? 1 : 0));
const quotes = `"'\``;
const bareEnd = /[\s"'`&,;<>{}()[\]]/;
const closing: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
]);

/** The end of the word that begins at `index`; `index` itself when none does. */
export function findWordEnd(text: string, index: number): number {
  let end = index;
  while (isWordCode[text.charCodeAt(end)] === 1) end += 1;
  return end;
}

/** Where something other than white space comes. */
export function skipSpaces(text: string, index: number): number {
  return findEnd(text, index, (sign) => !/\s/.test(sign));
}

/** The end of what begins at `index`: the first character that ends it, or the text's end. */
export function findEnd(text: string, index: number, isEnd: (sign: string) => boolean): number {
  let end = index;
  while (end < text.length && !isEnd(text.charAt(end))) end += 1;
  return end;
}

/** A name in a text, from `start` to `end`. */
export interface NameRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the value of a name begins: behind `name=`, `name:`, `"name":`, `user[name]=`, `name =>` or `<name>`;
 * `undefined` for a word that names nothing.
 */
export function findValueStart(text: string, { start, end }: NameRange): number | undefined {
  if (text.charAt(end) === '>' && /<(?:[\w-]{1,40}:)?$/.test(text.slice(Math.max(0, start - 42), start))) {
    return text.includes('<', end) ? end + 1 : undefined; // else a placeholder: `Bearer <token>`
  }
  const bracket = /[\])]/.test(text.charAt(end)) ? end + 1 : end;
  const isQuoted = isQuote(text.charAt(bracket));
  const sign = skipSpaces(text, isQuoted ? bracket + 1 : bracket);
  if (text.charAt(sign) !== ':' && text.charAt(sign) !== '=') return undefined;
  const afterSign = /[=>]/.test(text.charAt(sign + 1)) ? sign + 2 : sign + 1;
  return isQuoted ? skipSpaces(text, afterSign) : findEnd(text, afterSign, (each) => each !== ' ' && each !== '\t');
}

/** The value that begins at `start`, without its quotes: text in quotes, a list or object, an element, or one word. */
export function findValue(text: string, start: number): NameRange {
  const sign = text.charAt(start);
  if (isQuote(sign)) return { start: start + 1, end: findQuotedEnd(text, start) };
  if (closing.has(sign)) return { start, end: findClosing(text, start) };
  const isElement = text.charAt(start - 1) === '>' && text.charAt(start - 2) !== '=';
  return { start, end: findEnd(text, start, (each) => (isElement ? each === '<' : bareEnd.test(each))) };
}

/** True for the signs that text may stand between. */
export function isQuote(sign: string): boolean {
  return sign !== '' && quotes.includes(sign);
}

/** The quote that ends the text in quotes that begins at `start`; the text's end when it is cut off. */
function findQuotedEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  let index = start + 1;
  while (index < text.length && text.charAt(index) !== quote) index += text.charAt(index) === '\\' ? 2 : 1;
  return Math.min(index, text.length);
}

/** Behind the bracket that closes the one at `start`. Brackets within quotes do not count. */
function findClosing(text: string, start: number): number {
  const open: string[] = [];
  for (let index = start; index < text.length; index += 1) {
    const sign = text.charAt(index);
    const close = closing.get(sign);
    if (sign === '"') index = findQuotedEnd(text, index);
    else if (close !== undefined) open.push(close);
    else if (sign === open.at(-1)) open.pop();
    if (open.length === 0) return index + 1;
  }
  return text.length;
}
