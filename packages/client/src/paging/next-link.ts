/** One link of a `Link` header: its target and its unparsed parameters. */
const link = /<([^<>]*)>((?:[^",]|"(?:[^"\\]|\\.)*")*)/g;

/** One parameter: a token or a quoted string (RFC 9110 §5.6.6). */
const parameter = /;\s*([^\s=;,"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))/g;

/**
 * The target of the first link with `rel="next"` in a `Link` header (RFC 8288 §3), unchanged; `undefined` without such a
 * link, and when the link says `results="false"` (Sentry): then the next page is empty.
 */
export function nextLink(header: string | null): string | undefined {
  for (const [, target, rest = ''] of (header ?? '').matchAll(link)) {
    const parameters = parseParameters(rest);
    // a link with an anchor is about another document (RFC 8288 §3.2)
    if (!isNext(parameters.get('rel')) || parameters.has('anchor')) continue;
    return parameters.get('results')?.toLowerCase() === 'false' ? undefined : target;
  }
  return undefined;
}

/** The first of each name counts (RFC 8288 §3.3). */
function parseParameters(text: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of text.matchAll(parameter)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? token);
  }
  return parameters;
}

/** `rel` is a list of words in any case (RFC 8288 §3.3). */
const isNext = (rel = ''): boolean => rel.toLowerCase().split(/\s+/).includes('next');
