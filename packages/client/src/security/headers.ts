import { InvalidHeaderError } from '../errors/index.ts';

/** The forms in which `fetch` and ky take headers. In ky's, `undefined` removes a header. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | RequestInit['headers'];

/**
 * Parses headers. Its error does not contain a value; the platform's would.
 *
 * @throws InvalidHeaderError naming the header
 */
export function parseHeaders(input: HeadersInput): Headers {
  const headers = new Headers();
  if (input === undefined || input === null) return headers;
  for (const [name, value] of toPairs(input)) {
    if (value === undefined) continue;
    try {
      headers.append(name, value);
    } catch {
      throw new InvalidHeaderError(name);
    }
  }
  return headers;
}

function toPairs(input: NonNullable<HeadersInput>): Iterable<readonly [string, string | undefined]> {
  return isIterable(input) ? input : Object.entries(input);
}

function isIterable(input: object): input is Iterable<[string, string | undefined]> {
  return Symbol.iterator in input;
}
