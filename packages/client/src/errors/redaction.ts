import { decodeLevels } from './decoded-text.ts';
import { findKnownSecrets } from './known-secrets.ts';
import type { SecretRange } from './known-secrets.ts';
import { findNamedSecrets } from './named-secrets.ts';

/** Replaces a secret. */
export const redactionMark = '[REDACTED]';

/** The longest preview, in characters. */
const previewChars = 2_048;
/** Only this much of a body is read. */
const maxSeenChars = 16_384;
const maxSeenItems = 50;

/**
 * Replaces secrets in a text by {@link redactionMark}: the values of secret names with everything in them, credentials
 * after a scheme, JWTs, the user and password of URLs, and known secrets in any encoding (JSON, HTML, percent, base64).
 * Takes time linear in the length of the text.
 *
 * @param secrets - known secrets, as they were sent: `Bearer x` also hides `x`, and `Basic x` the password in it
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

/** The secrets in a text that {@link redact} finds by name and form, to hide them in other texts. */
export function extractSecrets(text: string): readonly string[] {
  return findSecrets(text, []).map(({ start, end }) => text.slice(start, end));
}

/**
 * The beginning of an error's body without secrets. `undefined` for an empty body.
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
  return typeof value === 'bigint' ? String(value) : value; // the caller's parseJson may return one
}

/** The ranges of all secrets, sorted and without overlaps. */
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
