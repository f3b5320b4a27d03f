/** The template for all paths after the limit of templates is reached. */
export const otherTemplate = '{other}';

/** A template has at most this many segments. */
const maxSegments = 16;

/**
 * Replaces probable identifiers in a path: `/v1/orders/42` becomes `/v1/orders/{id}`.
 *
 * A segment is kept if it looks like a word or a version: up to 32 characters, letters and `-_.~:`, and at most one
 * digit. Everything else becomes `{id}`: numbers, dates, UUIDs, ULIDs, hex, base64, e-mail addresses, and percent-encoded
 * or long segments. A name such as `alice` looks like a word: set `pathTemplates` for such paths.
 */
export function guessTemplate(path: string): string {
  const segments = path.split('/');
  const kept = segments.slice(0, maxSegments + 1).map((segment) => (isWord(segment) ? segment : '{id}'));
  return segments.length > maxSegments + 1 ? [...kept, '{path}'].join('/') : kept.join('/');
}

const placeholder = /^\{[a-z]+\}$/;
const version = /^v\d{1,3}(?:\.\d{1,3}){0,2}(?:(?:alpha|beta|rc)\d{0,2})?$/i;
const wordCharacters = /^[a-z\d._~:-]{0,32}$/i;
/** Identifiers even with few digits: eight or more hex characters, a UUID, a ULID. */
const hex = /^(?:[\da-f]{8,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[0-7][\da-hjkmnp-tv-z]{25})$/i;
const longAlphanumeric = /[a-z\d]{16,}/gi;
const camelCase = /^(?:[a-z]{2,}|[A-Z][a-z]+)(?:[A-Z][a-z]+)*$/;

function isWord(segment: string): boolean {
  if (segment === '' || placeholder.test(segment) || version.test(segment)) return true;
  if (!wordCharacters.test(segment) || hex.test(segment) || !/[a-z]/i.test(segment)) return false;
  if (segment.replaceAll(/\D/g, '').length > 1) return false;
  return (segment.match(longAlphanumeric) ?? []).every((run) => camelCase.test(run));
}

/** Returns the template of a path, or `undefined`. */
export type TemplateMatcher = (path: string) => string | undefined;

/**
 * Creates a matcher for some templates. The first matching template is used.
 *
 * `{name}` matches one segment that is not empty. A trailing slash is significant.
 */
export function templateMatcher(templates: readonly string[]): TemplateMatcher {
  const parsed = templates.map((template) => ({ template, parts: template.split('/') }));
  return (path) => {
    const segments = path.split('/');
    return parsed.find(({ parts }) => matches(parts, segments))?.template;
  };
}

function matches(parts: readonly string[], segments: readonly string[]): boolean {
  if (parts.length !== segments.length) return false;
  return parts.every((part, index) => (isPlaceholder(part) ? segments[index] !== '' : part === segments[index]));
}

const isPlaceholder = (part: string): boolean => part.startsWith('{') && part.endsWith('}');

/** Keeps the first `limit` different templates, and replaces later ones by {@link otherTemplate}. */
export function boundedTemplates(limit: number): (template: string) => string {
  const known = new Set<string>();
  return (template) => {
    if (known.has(template)) return template;
    if (known.size >= limit) return otherTemplate;
    known.add(template);
    return template;
  };
}
