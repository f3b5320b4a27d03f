/** The template for all paths after the limit of templates is reached. */
export const otherTemplate = '{other}';

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
