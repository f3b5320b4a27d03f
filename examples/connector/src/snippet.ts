import { redact, redactionMark } from '@bearings/client/errors';

/** The largest number of characters to show, and to read, of a response. */
const shownChars = 200;
const seenChars = 4_096;

/** A shorter value, such as `1`, is not a secret; replacing it would hide most of the text. */
const minSecretChars = 4;
/** Matches tokens, keys and hashes, but no words. */
const long = /[\w+/=~.-]{32,}/g;

/**
 * The start of a response on one line, without anything that may be a secret: by its name, by its form, or because it
 * is one of `secrets`, which were sent.
 */
export function createSnippet(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter(({ length }) => length >= minSecretChars);
  const safe = redact(text.slice(0, seenChars), known).replace(long, redactionMark);
  const line = safe.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > shownChars ? `${line.slice(0, shownChars).toWellFormed()}…` : line;
}
