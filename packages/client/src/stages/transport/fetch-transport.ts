import { addBodyHook } from '../../body/hooked-body.ts';
import type { Call } from '../../core/call.ts';
import { isResponse } from '../../core/is-response.ts';
import { withoutBoundary } from '../../core/request.ts';
import type { ClientRequest } from '../../core/request.ts';
import type { Stage } from '../../core/stage.ts';
import { ConfigError } from '../../errors/index.ts';
import { customFetchArguments, customFetchError } from './custom-fetch.ts';
import { toTransportError } from './transport-error.ts';

/** The network of a client. */
export interface FetchTransportOptions {
  readonly fetch: typeof globalThis.fetch;
  /** True for the global `fetch`, which needs no Request beside the options. */
  readonly isGlobalFetch: boolean;
}

/**
 * The transport: passes the request, the stages' headers and the attempt's signal to `fetch`.
 *
 * The platform's errors are not kept as causes: some quote what was sent or received.
 *
 * @throws TransportError | TlsError when there is no HTTP response, or its body breaks off; an abort's own reason when
 * there was one
 * @throws ConfigError when a custom `fetch` has a bug, or does not return a Response
 */
export function fetchTransport({ fetch, isGlobalFetch }: FetchTransportOptions): Stage {
  return () => async (request, call) => {
    const { signal } = call;
    const toFailure = (cause: unknown, isTruncated: boolean): unknown => {
      if (signal.aborted) return signal.reason;
      const own = isGlobalFetch || isTruncated ? undefined : customFetchError(cause, request);
      return own ?? toTransportError(cause, { request, isTruncated });
    };
    let response: unknown;
    try {
      const init = createInit(request, call, signal);
      if (!isGlobalFetch) response = await fetch(...customFetchArguments(request, init));
      // given a stream itself, Node's fetch does not cancel it when the call is aborted; given a Request, it does
      else response = await fetch(request.canReplay ? request.url : request.toRequest(), init);
    } catch (cause) {
      throw toFailure(cause, false);
    }
    if (!isResponse(response)) throw notAResponse(response);
    return addBodyHook(response, {
      async read(read) {
        try {
          return await read();
        } catch (cause) {
          throw toFailure(cause, true);
        }
      },
    });
  };
}

/** The complete request as options, but for a stream, which is on the Request: a Request with options loses some of its own. */
function createInit(request: ClientRequest, call: Call, signal: AbortSignal): RequestInit {
  const { method, body, fetchOptions, canReplay } = request;
  const headers = withoutBoundary(call.headers.mergeWith(request), body);
  const init: RequestInit = { ...fetchOptions, method, headers, redirect: call.redirect, signal };
  if (body !== undefined && canReplay) init.body = body;
  if (call.redirect === 'error') init.window = null;
  return init;
}

function notAResponse(answer: unknown): ConfigError {
  const got = answer === null ? 'null' : typeof answer;
  return new ConfigError('fetch', `The fetch given to createClient answered with ${got}, not with a Response`);
}
