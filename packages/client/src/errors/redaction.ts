import { decodeLevels } from './decoded-text.ts';
import { findKnownSecrets } from './known-secrets.ts';
import type { SecretRange } from './known-secrets.ts';
import { findNamedSecrets } from './named-secrets.ts';

/** What stands where a secret was. */
export const redactionMark = '[REDACTED]';

/** As much of an error's body as is shown, in characters. */
const previewChars = 2_048;
/** As much of it as is looked at. */
const maxSeenChars = 16_384;
const maxSeenItems = 50;

/**
 * A text without secrets: without the values of secrets' names and all that is in them, credentials behind their
 * schemes, JWTs, users and passwords of URLs, and the secrets that are known, in whatever escapes (JSON, HTML, percent,
 * base64) they stand there. The time it takes is linear in the length of the text.
 *
 * @param secrets - credentials and secrets that may come back, as they were sent: `Bearer x` stands for `x` as well
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const parts: string[] = [];
  let shownFrom = 0;
  for (const { start, end } of findSecrets(text, secrets)) {
    parts.push(text.slice(shownFrom, start), redactionMark);
    shownFrom = end;
  }
  return parts.join('') + text.slice(shownFrom);
}

/** The values in a text that are secrets by their names or forms, for a caller who has to know them from then on. */
export function extractSecrets(text: string): readonly string[] {
  return findSecrets(text, []).map(({ start, end }) => text.slice(start, end));
}

/**
 * The beginning of an error's body, for a person, without secrets. `undefined` when there is no body.
 *
 * @param body - parsed JSON, or text
 * @param sent - the credentials of the call
 */
export function previewBody(body: unknown, sent: readonly string[]): string | undefined {
  if (body === undefined || body === null || body === '') return undefined;
  const text = typeof body === 'string' ? body : JSON.stringify(body, shorten);
  const shown = redact(text.slice(0, maxSeenChars), sent);
  return shown.length > previewChars ? `${shown.slice(0, previewChars).toWellFormed()}…` : shown;
}

function shorten(_name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, maxSeenItems);
  return typeof value === 'bigint' ? String(value) : value; // a `parseJson` of the caller's may give one
}

/** Where secrets stand, in their order, each place once. */
function findSecrets(text: string, secrets: readonly string[]): readonly SecretRange[] {
  const levels = decodeLevels(text);
  const named = levels.flatMap(({ text: decoded, sourceAt }) =>
    findNamedSecrets(decoded).map(({ start, end }) => ({ start: sourceAt(start), end: sourceAt(end) })),
  );
  const found = [...findKnownSecrets(levels, secrets), ...named].toSorted((one, other) => one.start - other.start);
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of found) {
    const last = merged.at(-1);
    if (last === undefined || start >= last.end) merged.push({ start, end });
    else last.end = Math.max(last.end, end);
  }
  return merged.filter(({ start, end }) => end > start);
}
