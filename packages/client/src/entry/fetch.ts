import type { CallOptions } from '../core/call.ts';
import type { Desk } from './call-runner.ts';
import { parseHeaders } from '../security/headers.ts';
import { lightPayload } from '../body/light-payload.ts';
import { parseUrl } from '../security/url.ts';
import { fixed, payloadOf } from '../body/request-body.ts';
import type { Payload } from '../body/request-body.ts';
import type { ClientContext } from '../core/stage.ts';

/** `fetch`'s options, and those of a call. */
export type FetchInit = RequestInit & CallOptions;

/** `fetch`, with the whole stack behind it. A path is resolved against the client's base URL. */
export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** What the door needs to know of its client. */
export interface DoorFacts extends Pick<ClientContext, 'baseUrl' | 'clock'> {
  /** Whether all layers take a light request. */
  readonly isLight: boolean;
}

/** Opens the door for whatever takes a custom `fetch`: same signature, a response for every status. */
export function fetchDoor(desk: Desk, facts: DoorFacts): Fetch {
  return async (input, init) => {
    const { retry, timeout, bodyTimeout, totalTimeout, signal, dispatcher }: FetchInit = init ?? {};
    const own = init ? membersOf(init) : {};
    const isGiven = input instanceof Request;
    const light = isGiven || !facts.isLight ? undefined : ordinary(input, own, facts.baseUrl);
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
    else own[name] = name === 'headers' ? parseHeaders(init.headers) : value;
  }
  return own;
}

/** An address and what a light request holds; `undefined` when the options say more. */
function ordinary(input: string | URL, init: RequestInit, baseUrl: URL | undefined): Payload | undefined {
  const { method = 'GET', headers, body, ...others } = init;
  const isPlain = headers === undefined || headers instanceof Headers;
  if (!isPlain || Object.keys(others).length > 0) return undefined;
  return lightPayload({ url: parseUrl(input, baseUrl).href, method, headers, body });
}

/** @throws InvalidUrlError without quoting the URL, as the platform would */
function payload(input: string | URL | Request, init: RequestInit, { baseUrl, clock }: DoorFacts): Promise<Payload> {
  const target = input instanceof Request ? input : parseUrl(input, baseUrl);
  return payloadOf(new Request(target, init), init.body, clock);
}
