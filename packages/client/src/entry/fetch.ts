import { isReplayable, snapshotBody } from '../body/request-body.ts';
import type { Options } from 'ky';
import type { CallOptions } from '../core/call-options.ts';
import { ClientRequest } from '../core/request.ts';
import type { FetchOptions } from '../core/request.ts';
import { parseHeaders } from '../security/headers.ts';
import { parseUrl } from '../security/url.ts';
import type { Clock } from '../time/clock.ts';
import type { CallRunner } from './call-runner.ts';
import { mergeCallOptions, parseFetchDefaults, withDefaultHeaders } from './fetch-defaults.ts';
import { readExtraOptions, requestOptionNames } from './extra-fetch-options.ts';
import { fromPlatformRequest } from './platform-request.ts';
import { addToRequest, addToUrl } from './search-params.ts';

/** `fetch`'s options, and those of a call. */
export type FetchInit = RequestInit & CallOptions;

/** `fetch`, through all stages. A path is resolved against the client's base URL. */
export type Fetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

/** Makes the entry for whatever takes a custom `fetch`: the same signature, and a response for every status. */
export function createFetch(runner: CallRunner, merged: Readonly<Options>, clock: Clock): Fetch {
  const defaults = parseFetchDefaults(merged);
  const { baseUrl, searchParams } = defaults;
  return async (input, init) => {
    const { signal }: FetchInit = init ?? {};
    const fetchOptions = init ? readExtraOptions(init) : undefined;
    const isRequest = input instanceof Request;
    const own = withDefaultHeaders(init ? readInit(init) : {}, isRequest ? input : undefined, defaults);
    const target = isRequest ? addToRequest(input, searchParams) : addToUrl(parseUrl(input, baseUrl), searchParams);
    const simple = typeof target === 'string' ? createSimpleRequest(target, own, fetchOptions) : undefined;
    const given = { body: own.body, fetchOptions, clock };
    return runner.run(simple ?? (await fromPlatformRequest(new Request(target, own), given)), {
      options: mergeCallOptions(init, defaults),
      signal: signal === undefined && isRequest ? input.signal : signal,
    });
  };
}

/** `fetch`'s options, with headers that are ours to keep. */
type OwnInit = Omit<RequestInit, 'headers'> & { headers?: Headers };

/**
 * Reads options as `fetch` does: those that are inherited or behind a getter too (a Request may be given as options),
 * each once. Headers that can be iterated once are, and the body is kept as it is now.
 */
function readInit(init: FetchInit): OwnInit {
  const own: Record<string, unknown> = {};
  for (const name of requestOptionNames) {
    const value = init[name];
    if (value === undefined) continue;
    if (name === 'body') own[name] = snapshotBody(init.body);
    else own[name] = name === 'headers' ? parseHeaders(init.headers) : value;
  }
  return own;
}

/** The methods whose names `fetch` makes upper case, and PATCH, whose case the caller decides. */
const plainMethods: ReadonlyMap<string, string> = new Map(
  ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'].flatMap((name) => [
    [name, name],
    [name.toLowerCase(), name],
  ]),
).set('PATCH', 'PATCH');

/** A request of a URL, a method, headers and a replayable body; `undefined` when the options hold more, or are wrong. */
function createSimpleRequest(
  url: string,
  { method: given = 'GET', headers, body = null, ...others }: OwnInit,
  fetchOptions: FetchOptions | undefined,
): ClientRequest | undefined {
  const method = plainMethods.get(given);
  if (method === undefined || Object.keys(others).length > 0) return undefined;
  if (body === null) return new ClientRequest({ url, method, headers, fetchOptions });
  if (method === 'GET' || method === 'HEAD' || !isReplayable(body)) return undefined;
  return new ClientRequest({ url, method, headers, body, fetchOptions });
}
