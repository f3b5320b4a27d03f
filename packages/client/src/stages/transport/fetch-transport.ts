import { addBodyHook } from '../../body/hooked-body.ts';
import type { Call } from '../../core/call.ts';
import { ConfigError } from '../../errors/index.ts';
import { lightParts } from '../../body/light-request.ts';
import { isResponse } from '../../core/is-response.ts';
import type { Stage } from '../../core/stage.ts';
import { toTransportError } from './transport-error.ts';

/**
 * The street: hands the request, the stages' headers and the attempt's signal to `fetch`.
 *
 * The platform's errors are not kept as causes: some quote what was sent or received.
 *
 * @throws TransportError | TlsError when there is no HTTP answer, or its body breaks off; an abort's own reason when
 * there was one
 */
export function transport(fetch: typeof globalThis.fetch): Stage {
  return () => async (request, call) => {
    const { signal } = call;
    const failed = (cause: unknown, isTruncated: boolean): unknown => {
      if (signal.aborted) return signal.reason;
      return toTransportError(cause, { request, call, isTruncated: isTruncated });
    };
    let response: unknown;
    try {
      response = await handed(fetch, request, call);
    } catch (cause) {
      throw failed(cause, false);
    }
    if (!isResponse(response)) throw notAResponse(response);
    return addBodyHook(response, {
      async read(read) {
        try {
          return await read();
        } catch (cause) {
          throw failed(cause, true);
        }
      },
    });
  };
}

function notAResponse(answer: unknown): ConfigError {
  const got = answer === null ? 'null' : typeof answer;
  return new ConfigError('fetch', `The fetch given to createClient answered with ${got}, not with a Response`);
}

/** A light request goes out as its parts: the platform makes its own of them, once. */
function handed(fetch: typeof globalThis.fetch, request: Request, call: Call): Promise<Response> {
  const parts = lightParts(request);
  if (parts === undefined) return fetch(request, outgoing(request, call));
  const { url, method, body } = parts;
  const { redirect, signal } = call;
  const headers = call.headersFor(request);
  return fetch(url, { ...call.fetchOptions, method, headers, redirect, signal, ...(body !== undefined && { body }) });
}

/** What differs from the request. A body that can be made anew is, so that the request's own is never used up. */
function outgoing(request: Request, call: Call): RequestInit {
  const init: RequestInit = { ...call.fetchOptions, redirect: call.redirect, signal: call.signal };
  if (call.redirect === 'error') init.window = null;
  // a Request that is given options loses its own (Fetch standard, "new Request", when init is not empty)
  if (request.referrerPolicy !== '') init.referrerPolicy = request.referrerPolicy;
  if (request.referrer !== 'about:client') init.referrer = request.referrer;
  const headers = call.headersFor(request);
  if (call.source !== undefined && request.body !== null) init.body = call.source;
  if (headers === request.headers && !(init.body instanceof FormData)) return init;
  init.headers = headers;
  if (init.body instanceof FormData) {
    // the new body has a boundary of its own, which only `fetch` can name
    const withoutBoundary = new Headers(headers);
    withoutBoundary.delete('content-type');
    init.headers = withoutBoundary;
  }
  return init;
}
