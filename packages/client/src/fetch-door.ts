import type { CallOptions } from './call.ts';
import type { Desk } from './desk.ts';
import { InvalidHeaderError } from './errors.ts';
import { readUrl } from './origin.ts';
import { fixed, payloadOf } from './payload.ts';
import type { ClientFacts } from './stage.ts';

/** `fetch`'s options, and those of a call. */
export type FetchInit = RequestInit & CallOptions;

/** `fetch`, with the whole stack behind it. A path is resolved against the client's base URL. */
export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** Opens the door for whatever takes a custom `fetch`: same signature, a response for every status. */
export function fetchDoor(desk: Desk, { home, clock }: Pick<ClientFacts, 'home' | 'clock'>): Fetch {
  return async (input, init) => {
    const { retry, timeout, bodyTimeout, totalTimeout, signal, dispatcher }: FetchInit = init ?? {};
    const own = membersOf(init ?? {});
    const request = requestFrom(input, own, home);
    return desk.call(await payloadOf(request, own.body, clock), {
      options: { retry, timeout, bodyTimeout, totalTimeout },
      signal: signal === undefined && input instanceof Request ? input.signal : signal,
      fetchOptions: dispatcher === undefined ? undefined : { dispatcher },
    });
  };
}

/** What `fetch` reads of its options, but for the signal: a Request would leave a listener on the caller's. */
const members = [
  'method',
  'body',
  'cache',
  'credentials',
  'duplex',
  'integrity',
  'keepalive',
  'mode',
  'redirect',
  'referrer',
  'referrerPolicy',
] as const;

/**
 * Options as `fetch` sees them at the call: those that are inherited or behind a getter too (a Request may be given as
 * options), each read once.
 */
function membersOf(init: FetchInit): RequestInit {
  const read = members.map((name) => [name, name === 'body' ? fixed(init.body) : init[name]] as const);
  const given: RequestInit = Object.fromEntries(read.filter(([, value]) => value !== undefined));
  return init.headers === undefined ? given : { ...given, headers: listed(init.headers) };
}

/** An iterator of headers can be gone through once: it is checked and sent from a list. */
function listed(headers: NonNullable<RequestInit['headers']>): NonNullable<RequestInit['headers']> {
  return headers instanceof Headers || !isIterable(headers) ? headers : [...headers];
}

function isIterable(headers: object): headers is Iterable<[string, string]> {
  return Symbol.iterator in headers;
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
