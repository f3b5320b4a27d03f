import { isSecretName, redact, redactionMark } from '@bearings/client/errors';

/** A text as a terminal may show it: control characters, which could move the cursor or hide text, are spelt out. */
export function printable(text: string): string {
  return text.replace(controls, (letter) => `\\u{${letter.codePointAt(0)?.toString(16)}}`);
}

/** All of Unicode's Cc but tab and line feed, and the marks that turn the direction of writing. */
const controls = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** JSON as a terminal may show it: what JSON leaves as it is, and a terminal obeys, is escaped. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(/[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, escapeLetter);
}

/** A word of JSON as a terminal may show it: its control characters are escaped as JSON does. */
export const escapeJsonControls = (word: string): string =>
  word.replace(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/gu, escapeLetter);

const escapeLetter = (letter: string): string => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** A header as it may be shown: the scheme of a credential, without the credential. */
export function redactHeader(name: string, value: string, secrets: readonly string[]): string {
  if (!isSecretName(name)) return printable(redact(value, secrets));
  const scheme = /^(Bearer|Basic|DPoP|Digest) /i.exec(value)?.[0] ?? '';
  return `${scheme}${redactionMark}`;
}

/** A URL without the values of its query, which are often secrets; their names stay. */
export function hideQueryValues(text: string): string {
  return text.replace(/([?&][^=?&#\s"'<>]+=)[^&#\s"'<>]+/g, '$1…');
}
