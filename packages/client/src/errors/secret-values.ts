/** The characters of names and tokens. A table, because every character is looked up. */
const isWordCode = Uint8Array.from({ length: 128 }, (_, code) => (/[\w.~$-]/.test(String.fromCharCode(code)) ? 1 : 0));
const quotes = `"'\``;
const bareEnd = /[\s"'`&,;<>{}()[\]]/;
const closing: ReadonlyMap<string, string> = new Map([
  ['{', '}'],
  ['[', ']'],
]);

/** The end of the word at `index`; `index` itself when there is no word. */
export function findWordEnd(text: string, index: number): number {
  let end = index;
  while (isWordCode[text.charCodeAt(end)] === 1) end += 1;
  return end;
}

/** The first index that is not white space. */
export function skipSpaces(text: string, index: number): number {
  return findEnd(text, index, (sign) => !/\s/.test(sign));
}

/** The first index from `index` on whose character `isEnd` accepts, or the end of the text. */
export function findEnd(text: string, index: number, isEnd: (sign: string) => boolean): number {
  let end = index;
  while (end < text.length && !isEnd(text.charAt(end))) end += 1;
  return end;
}

/** A part of a text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The start of the value of a name, after `name=`, `name:`, `"name":`, `user[name]=`, `name =>` or `<name>`; `undefined`
 * for a word without a value.
 */
export function findValueStart(text: string, { start, end }: TextRange): number | undefined {
  if (text.charAt(end) === '>' && /<(?:[\w-]{1,40}:)?$/.test(text.slice(Math.max(0, start - 42), start))) {
    return text.includes('<', end) ? end + 1 : undefined; // otherwise a placeholder: `Bearer <token>`
  }
  const bracket = /[\])]/.test(text.charAt(end)) ? end + 1 : end;
  const isQuoted = isQuote(text.charAt(bracket));
  const sign = skipSpaces(text, isQuoted ? bracket + 1 : bracket);
  if (text.charAt(sign) !== ':' && text.charAt(sign) !== '=') return undefined;
  const afterSign = /[=>]/.test(text.charAt(sign + 1)) ? sign + 2 : sign + 1;
  return isQuoted ? skipSpaces(text, afterSign) : findEnd(text, afterSign, (each) => each !== ' ' && each !== '\t');
}

/** The value at `start`: text in quotes (without them), a list or object, the text of an element, or one word. */
export function findValue(text: string, start: number): TextRange {
  const sign = text.charAt(start);
  if (isQuote(sign)) return { start: start + 1, end: findQuotedEnd(text, start) };
  if (closing.has(sign)) return { start, end: findClosing(text, start) };
  const isElement = text.charAt(start - 1) === '>' && text.charAt(start - 2) !== '=';
  return { start, end: findEnd(text, start, (each) => (isElement ? each === '<' : bareEnd.test(each))) };
}

/** True for the characters that quote a text. */
export function isQuote(sign: string): boolean {
  return sign !== '' && quotes.includes(sign);
}

/** The index of the closing quote for the one at `start`; the end of the text when it is missing. */
function findQuotedEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  let index = start + 1;
  while (index < text.length && text.charAt(index) !== quote) index += text.charAt(index) === '\\' ? 2 : 1;
  return Math.min(index, text.length);
}

/** The index after the closing bracket for the one at `start`. Brackets in quotes do not count. */
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
