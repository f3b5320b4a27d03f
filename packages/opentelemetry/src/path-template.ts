/** The template for all paths after the limit of templates is reached. */
export const otherTemplate = '{other}';

/** A template has at most this many segments. */
const maxSegments = 16;

/**
 * Replaces probable identifiers in a path: `/v1/orders/42` becomes `/v1/orders/{id}`.
 *
 * A segment is kept if it looks like a version, or like words: up to 32 characters, at most one digit, in lower case,
 * camelCase or capitals, with vowels where words have them. Everything else becomes `{id}`: numbers, dates, UUIDs, ULIDs,
 * hex, base64, the ids of Stripe and YouTube, nanoids, e-mail addresses, and percent-encoded or long segments. A name such
 * as `alice` looks like a word: set `pathTemplates` for such paths.
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
/** Words in lower case or camelCase, with one digit at the end at most; a digit inside three letters, as in `k8s`. */
const camelCase = /^[a-z]*(?:[A-Z][a-z]+)*\d?$/;
const numeronym = /^[a-z]\d[a-z]$/;
/** The words of two letters that names in camelCase contain. */
const shortWord = /^(?:by|id|in|is|of|on|to)$/i;

function isWord(segment: string): boolean {
  if (segment === '' || placeholder.test(segment) || version.test(segment)) return true;
  if (!wordCharacters.test(segment) || hex.test(segment) || !/[a-z]/i.test(segment)) return false;
  if (segment.replaceAll(/\D/g, '').length > 1) return false;
  const words = /[a-z]/.test(segment) ? segment : segment.toLowerCase();
  return words.split(/[-_.~:]/).every((part) => numeronym.test(part) || isCamelCase(part));
}

function isCamelCase(part: string): boolean {
  const words = part.match(/[A-Z]?[a-z]+/g) ?? [];
  if (!camelCase.test(part)) return false;
  if (words.length === 1) return words.every(isPronounceable);
  return words.every((word) => shortWord.test(word) || (word.length > 2 && isPronounceable(word)));
}

/** True for a word with vowels where words have them. Random letters seldom do. */
function isPronounceable(word: string): boolean {
  if (word.length < 5 && word === word.toLowerCase()) return true; // abbreviations, such as `http` and `jwks`
  const vowels = word.match(/[aeiouy]/gi)?.length ?? 0;
  return vowels >= word.length / 5 && !/[^aeiouy]{5}/i.test(word);
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
