import type { BodySource, CallOptions } from './call.ts';
import type { Desk } from './desk.ts';
import { InvalidHeaderError } from './errors.ts';
import { readUrl } from './origin.ts';

/** `fetch`'s options, and those of a call. */
export type FetchInit = RequestInit & CallOptions;

/** `fetch`, with the whole stack behind it. A path is resolved against the client's base URL. */
export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** Opens the door for whatever takes a custom `fetch`: same signature, a response for every status. */
export function fetchDoor(desk: Desk, home: URL | undefined): Fetch {
  return async (input, init = {}) => {
    const { retry, timeout, bodyTimeout, totalTimeout, ...fetchInit } = init;
    const request = requestFrom(input, fetchInit, home);
    return desk.call(request, {
      options: { retry, timeout, bodyTimeout, totalTimeout },
      ...bodyFacts(fetchInit.body, request),
      fetchOptions: fetchInit.dispatcher === undefined ? undefined : { dispatcher: fetchInit.dispatcher },
    });
  };
}

/** What is known of a body that was given as `init.body`, or of one that came inside a Request. */
export function bodyFacts(
  body: RequestInit['body'],
  request: Request,
): { source: BodySource | undefined; repeatable: boolean } {
  if (request.body === null) return { source: undefined, repeatable: true };
  if (body === undefined || body === null) return { source: undefined, repeatable: true };
  return isSource(body) ? { source: body, repeatable: true } : { source: undefined, repeatable: false };
}

/** True for what is all there; a stream or an iterator is used up by sending it. */
function isSource(body: NonNullable<RequestInit['body']>): body is BodySource {
  if (typeof body === 'string' || body instanceof URLSearchParams || body instanceof FormData) return true;
  return body instanceof Blob || body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}

/**
 * Makes the request, with errors that quote neither URL nor header value, as the platform's would.
 *
 * @throws InvalidUrlError | InvalidHeaderError
 */
function requestFrom(input: string | URL | Request, init: RequestInit, home: URL | undefined): Request {
  const target = input instanceof Request ? input : readUrl(input, home);
  checkHeaders(init.headers);
  return new Request(target, init);
}

/** @throws InvalidHeaderError naming the header; the platform's own error would show its value */
export function checkHeaders(headers: Readonly<Record<string, string | undefined>> | RequestInit['headers']): void {
  if (headers === undefined || headers === null || headers instanceof Headers) return;
  const probe = new Headers();
  const pairs = Symbol.iterator in headers ? headers : Object.entries(headers);
  for (const [name, value] of pairs as Iterable<[string, string | undefined]>) {
    if (value === undefined) continue;
    try {
      probe.set(name, value);
    } catch {
      throw new InvalidHeaderError(name);
    }
  }
}
