import type { Options } from 'ky';

/** Search parameters as text, and the names that are to be removed from a URL's own. */
export interface SearchParams {
  readonly text: string;
  readonly removed: readonly string[];
}

/** Serializes search parameters in any of ky's forms. In an object, `undefined` removes a name. */
export function serializeSearchParams(given: Options['searchParams']): SearchParams {
  if (given === undefined || given === null) return { text: '', removed: [] };
  if (typeof given === 'string') return { text: given.trim().replace(/^\?/, ''), removed: [] };
  if (given instanceof URLSearchParams) return { text: given.toString(), removed: readRemoved(given) };
  if (Array.isArray(given)) {
    const pairs = given.map(([name, value]): [string, string] => [String(name), String(value)]);
    return { text: new URLSearchParams(pairs).toString(), removed: [] };
  }
  const params = new URLSearchParams();
  const removed: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) removed.push(name);
    else params.append(name, String(value));
  }
  return { text: params.toString(), removed };
}

/** The names that ky has noted on merged parameters, under a symbol of its own. */
function readRemoved(params: URLSearchParams): readonly string[] {
  const notes = Object.getOwnPropertySymbols(params).map((symbol): unknown => Reflect.get(params, symbol));
  return notes.flatMap((note) => (note instanceof Set ? [...note].map(String) : []));
}

/**
 * Adds search parameters to those of a URL, which stay as they are, letter by letter: an address may be signed, and
 * `url.searchParams.append` would rewrite `%20` to `+`.
 */
export function addToUrl(url: URL, { text, removed }: SearchParams): string {
  for (const name of removed) if (url.searchParams.has(name)) url.searchParams.delete(name);
  if (text !== '') url.search = url.search === '' ? text : `${url.search}&${text}`;
  return url.href;
}

/** Adds search parameters to those of a Request. */
export function addToRequest(request: Request, params: SearchParams): Request {
  if (params.text === '' && params.removed.length === 0) return request;
  return new Request(addToUrl(new URL(request.url), params), request);
}
