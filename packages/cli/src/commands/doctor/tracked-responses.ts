import type { Clock } from '@bearings/client';
import { readNamesScopes } from './named-scopes.ts';

/** A fetch that remembers facts of the responses that no result of a token or of discovery has. */
export interface TrackedResponses {
  readonly fetch: typeof globalThis.fetch;
  /** Remembers them for another fetch too. */
  readonly track: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
  /** How far the clock at an origin is ahead of this machine's, in milliseconds; `undefined` when not known. */
  readonly skewMs: (origin: string) => number | undefined;
  /** Whether the last token response of an endpoint named the granted scopes; `undefined` when there was none. */
  readonly namesScopes: (tokenEndpoint: string) => Promise<boolean | undefined>;
  /** The last response of a token endpoint; `undefined` when there was none. */
  readonly lastAnswer: (tokenEndpoint: string) => AnswerFacts | undefined;
}

/** What a response says besides its status and body. */
export interface AnswerFacts {
  /** Identifies the request for the operator of the server, such as `x-request-id: 7f3a`. */
  readonly requestId: string | undefined;
  /** True for a page for people. */
  readonly isPage: boolean;
}

/**
 * Reads the `Date` of each response (RFC 9110 §6.6.1), which is exact to a second. Of the responses to POST, which are
 * those of token endpoints, it remembers whether they name scopes. No caller waits for that.
 */
export function trackResponses(fetch: typeof globalThis.fetch, clock: Clock): TrackedResponses {
  const skews = new Map<string, number>();
  const scopes = new Map<string, Promise<boolean | undefined>>();
  const answers = new Map<string, AnswerFacts>();
  const track: TrackedResponses['track'] = (tracked) => async (input, init) => {
    const sentAt = clock.now();
    const response = await tracked(input, init);
    const at = serverTime(response.headers);
    const isRequest = input instanceof Request;
    const url = new URL(isRequest ? input.url : input);
    if (at !== undefined) skews.set(url.origin, at - (sentAt + clock.now()) / 2);
    if ((init?.method ?? (isRequest ? input.method : 'GET')) !== 'POST') return response;
    const key = endpointKey(url);
    answers.set(key, readAnswerFacts(response.headers));
    if (response.status === 200) scopes.set(key, readNamesScopes(response, clock));
    return response;
  };
  return {
    skewMs: (origin) => skews.get(origin),
    namesScopes: async (tokenEndpoint) => scopes.get(endpointKey(new URL(tokenEndpoint))),
    lastAnswer: (tokenEndpoint) => answers.get(endpointKey(new URL(tokenEndpoint))),
    track,
    fetch: track(fetch),
  };
}

const endpointKey = ({ origin, pathname }: URL): string => `${origin}${pathname}`;

/** The names under which servers and gateways send it, most specific first. */
const requestIds = [
  'x-request-id',
  'request-id',
  'x-correlation-id',
  'x-ms-request-id',
  'x-okta-request-id',
  'x-amzn-requestid',
  'x-amz-cf-id',
  'cf-ray',
];

/** What the headers of a response say besides its status. */
export function readAnswerFacts(headers: Headers): AnswerFacts {
  const name = requestIds.find((each) => /^[\w.:/=+-]{1,100}$/.test(headers.get(each) ?? ''));
  const isPage = /^text\/html\b/i.test(headers.get('content-type') ?? '');
  return { requestId: name && `${name}: ${headers.get(name)}`, isPage };
}

/** The middle of the second in `Date`, plus the `Age` of a cached response. */
function serverTime(headers: Headers): number | undefined {
  const at = Date.parse(headers.get('date') ?? '');
  const ageS = Number(headers.get('age') ?? 0);
  return Number.isNaN(at) ? undefined : at + 500 + (Number.isFinite(ageS) ? ageS * 1_000 : 0);
}
