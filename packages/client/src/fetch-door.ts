import type { CallOptions } from './call.ts';
import type { Desk } from './desk.ts';
import { headersOf } from './headers.ts';
import { lightRequest } from './light-request.ts';
import { readUrl } from './origin.ts';
import { fixed, isSource, payloadOf } from './payload.ts';
import type { Payload } from './payload.ts';
import type { ClientFacts } from './stage.ts';

/** `fetch`'s options, and those of a call. */
export type FetchInit = RequestInit & CallOptions;

/** `fetch`, with the whole stack behind it. A path is resolved against the client's base URL. */
export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** What the door needs to know of its client. */
export interface DoorFacts extends Pick<ClientFacts, 'home' | 'clock'> {
  /** Whether all layers take a light request. */
  readonly isLight: boolean;
}

/** Opens the door for whatever takes a custom `fetch`: same signature, a response for every status. */
export function fetchDoor(desk: Desk, facts: DoorFacts): Fetch {
  return async (input, init) => {
    const { retry, timeout, bodyTimeout, totalTimeout, signal, dispatcher }: FetchInit = init ?? {};
    const own = init ? membersOf(init) : {};
    const isGiven = input instanceof Request;
    const light = isGiven || !facts.isLight ? undefined : lightPayload(input, own, facts.home);
    return desk.call(light ?? (await payload(input, own, facts)), {
      options: { retry, timeout, bodyTimeout, totalTimeout },
      signal: signal === undefined && isGiven ? input.signal : signal,
      fetchOptions: dispatcher === undefined ? undefined : { dispatcher },
    });
  };
}

/** What `fetch` reads of its options, but for the signal: a Request would leave a listener on the caller's. */
const members = [
  'method',
  'body',
  'headers',
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
 * options), each read once. Headers that can be gone through once are, and a body is kept as it is now.
 */
function membersOf(init: FetchInit): RequestInit {
  const own: Record<string, unknown> = {};
  for (const name of members) {
    const value = init[name];
    if (value === undefined) continue;
    if (name === 'body') own[name] = fixed(init.body);
    else own[name] = name === 'headers' ? headersOf(init.headers) : value;
  }
  return own;
}

/** The methods whose names `fetch` makes upper case, and PATCH, for which that is the caller's to do. */
const plainMethods = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'].flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
).set('PATCH', 'PATCH');

/** The ordinary call: an address, a method, headers, a body that is all there; `undefined` for any other. */
function lightPayload(input: string | URL, init: RequestInit, home: URL | undefined): Payload | undefined {
  const { method: given = 'GET', headers, body, ...others } = init;
  const method = plainMethods.get(given);
  if (
    method === undefined ||
    (headers !== undefined && !(headers instanceof Headers)) ||
    Object.keys(others).length > 0
  )
    return undefined;
  const url = readUrl(input, home).href;
  if (body === undefined || body === null) {
    const request = lightRequest({ url, method, headers, body: undefined });
    return { request, source: undefined, repeatable: true };
  }
  if (method === 'GET' || method === 'HEAD' || body instanceof FormData || !isSource(body)) return undefined;
  const type = typeOf(body);
  const typed = headers ?? new Headers();
  if (type !== '' && !typed.has('content-type')) typed.set('content-type', type);
  return { request: lightRequest({ url, method, headers: typed, body }), source: body, repeatable: true };
}

/** The content type that a body has by itself (Fetch standard, "extract a body"). */
function typeOf(body: RequestInit['body']): string {
  if (typeof body === 'string') return 'text/plain;charset=UTF-8';
  if (body instanceof URLSearchParams) return 'application/x-www-form-urlencoded;charset=UTF-8';
  return body instanceof Blob ? body.type : '';
}

/** @throws InvalidUrlError without quoting the URL, as the platform would */
function payload(input: string | URL | Request, init: RequestInit, { home, clock }: DoorFacts): Promise<Payload> {
  const target = input instanceof Request ? input : readUrl(input, home);
  return payloadOf(new Request(target, init), init.body, clock);
}
