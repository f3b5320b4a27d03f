import { redact, redactionMark } from '@bearings/client/errors';

/** As much of an answer as is shown, in characters, and as much as is looked at. */
const shownChars = 200;
const seenChars = 4_096;

/** `1` in a header is no secret, and hiding it would hide half of the answer. */
const minSecretChars = 4;
/** Tokens, keys and hashes have this form, and words have not. */
const long = /[\w+/=~.-]{32,}/g;

/**
 * The beginning of an answer on one line, for a person, without what may be a secret: by its name, by its form, or
 * because it is one of `secrets`, which were sent.
 */
export function snippetOf(text: string, secrets: readonly string[] = []): string {
  const known = secrets.filter(({ length }) => length >= minSecretChars);
  const safe = redact(text.slice(0, seenChars), known).replace(long, redactionMark);
  const line = safe.replaceAll(/[\s\p{C}]+/gu, ' ').trim();
  return line.length > shownChars ? `${line.slice(0, shownChars).toWellFormed()}…` : line;
}
