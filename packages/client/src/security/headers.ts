import { InvalidHeaderError } from '../errors/index.ts';

/** What headers may be given as: `fetch`'s forms, and ky's, in which `undefined` takes one away. */
export type HeadersInput = Readonly<Record<string, string | undefined>> | RequestInit['headers'];

/**
 * Headers of what was given, with an error that does not show a value, as the platform's would.
 *
 * @throws InvalidHeaderError naming the header
 */
export function parseHeaders(given: HeadersInput): Headers {
  const headers = new Headers();
  if (given === undefined || given === null) return headers;
  for (const [name, value] of toPairs(given)) {
    if (value === undefined) continue;
    try {
      headers.append(name, value);
    } catch {
      throw new InvalidHeaderError(name);
    }
  }
  return headers;
}

function toPairs(given: NonNullable<HeadersInput>): Iterable<readonly [string, string | undefined]> {
  return isIterable(given) ? given : Object.entries(given);
}

function isIterable(given: object): given is Iterable<[string, string | undefined]> {
  return Symbol.iterator in given;
}
