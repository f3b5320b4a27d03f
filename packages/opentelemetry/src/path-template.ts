/** What stands for the templates beyond the most that are kept. */
export const otherTemplate = '{other}';

/** The most segments of a path that a template tells apart. */
const mostSegments = 16;

/**
 * What a path looks like when what is probably an identifier is taken out: `/v1/orders/42` becomes `/v1/orders/{id}`.
 *
 * A segment stays when it reads like a word or a version: up to 32 characters, letters with `-_.~:` between them and one
 * digit at most. Everything else is `{id}`: numbers, dates, UUIDs, ULIDs, hex, base64, e-mail addresses, whatever is
 * percent-encoded or long. A name such as `alice` cannot be told from a word: give templates for such paths.
 */
export function templateOf(path: string): string {
  const segments = path.split('/');
  const kept = segments.slice(0, mostSegments + 1).map((segment) => (isWord(segment) ? segment : '{id}'));
  return segments.length > mostSegments + 1 ? [...kept, '{path}'].join('/') : kept.join('/');
}

const placeholder = /^\{[a-z]+\}$/;
const version = /^v\d{1,3}(?:\.\d{1,3}){0,2}(?:(?:alpha|beta|rc)\d{0,2})?$/i;
const wordly = /^[a-z\d._~:-]{0,32}$/i;
/** Eight letters and more that are all hex are an identifier; so is a UUID or a ULID, with few digits or many. */
const hex = /^(?:[\da-f]{8,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[0-7][\da-hjkmnp-tv-z]{25})$/i;
const longRun = /[a-z\d]{16,}/gi;
const camelCase = /^(?:[a-z]{2,}|[A-Z][a-z]+)(?:[A-Z][a-z]+)*$/;

function isWord(segment: string): boolean {
  if (segment === '' || placeholder.test(segment) || version.test(segment)) return true;
  if (!wordly.test(segment) || hex.test(segment) || !/[a-z]/i.test(segment)) return false;
  if (segment.replaceAll(/\D/g, '').length > 1) return false;
  return (segment.match(longRun) ?? []).every((run) => camelCase.test(run));
}

/** Says to which of a few templates a path belongs; `undefined` when to none. */
export type TemplateMatcher = (path: string) => string | undefined;

/**
 * Finds the template that a path belongs to. The first that fits is it.
 *
 * `{name}` stands for one segment that is not empty. A slash at the end counts.
 */
export function templateMatcher(templates: readonly string[]): TemplateMatcher {
  const parsed = templates.map((template) => ({ template, parts: template.split('/') }));
  return (path) => {
    const segments = path.split('/');
    return parsed.find(({ parts }) => fits(parts, segments))?.template;
  };
}

function fits(parts: readonly string[], segments: readonly string[]): boolean {
  if (parts.length !== segments.length) return false;
  return parts.every((part, place) => (isHole(part) ? segments[place] !== '' : part === segments[place]));
}

const isHole = (part: string): boolean => part.startsWith('{') && part.endsWith('}');

/** Lets the first `most` different templates through, and is {@link otherTemplate} for those that come later. */
export function boundedTemplates(most: number): (template: string) => string {
  const known = new Set<string>();
  return (template) => {
    if (known.has(template)) return template;
    if (known.size >= most) return otherTemplate;
    known.add(template);
    return template;
  };
}
