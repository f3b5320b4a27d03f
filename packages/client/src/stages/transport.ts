import { tapBody } from '../body.ts';
import type { Call } from '../call.ts';
import { ConfigError, RedirectBlockedError, TlsError, TransportError } from '../errors.ts';
import type { ClientError, TransportFailure } from '../errors.ts';
import { redirectedStream } from '../errors/body-gone.ts';
import { lightParts } from '../light-request.ts';
import { originOf } from '../origin.ts';
import { isResponse } from '../response.ts';
import type { Stage } from '../stage.ts';

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
    const failed = (cause: unknown, isCutShort: boolean): unknown => {
      if (signal.aborted) return signal.reason;
      return failure(cause, originOf(request.url), { isCutShort, isBodyGone: call.isBodyGone(request) });
    };
    let response: unknown;
    try {
      response = await handed(fetch, request, call);
    } catch (cause) {
      throw failed(cause, false);
    }
    if (!isResponse(response)) throw notAResponse(response);
    return tapBody(response, {
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

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER))/;

function failure(cause: unknown, origin: string, facts: Partial<TransportFailure>): ClientError {
  if (isUnexpectedRedirect(cause)) {
    return new RedirectBlockedError(origin, undefined, redirectedStream);
  }
  const { reason, detail } = reasonOf(cause);
  if (tlsCode.test(reason)) return new TlsError(origin, reason, detail);
  return new TransportError(origin, { ...facts, reason, detail });
}

function reasonOf(cause: unknown): { reason: string; detail: string } {
  const coded = codedCause(cause);
  if (coded !== undefined) {
    const { code, message } = coded;
    return { reason: code, detail: message === '' ? code : `${message} (${code})` };
  }
  if (isRefusal(cause)) {
    return { reason: 'REFUSED', detail: 'fetch refused it, as it does a 407 of a proxy or a forbidden port' };
  }
  return { reason: 'UNKNOWN', detail: 'the connection failed' };
}

function isUnexpectedRedirect(cause: unknown): boolean {
  return isRefusal(cause) && cause.cause.message === 'unexpected redirect';
}

/**
 * True for what `fetch` itself refuses, as the Fetch standard says: a 407 from a proxy, a forbidden port. What happens
 * to a connection has a code.
 */
function isRefusal(cause: unknown): cause is TypeError & { cause: Error } {
  if (!(cause instanceof TypeError) || cause.message !== 'fetch failed' || !(cause.cause instanceof Error))
    return false;
  return !('code' in cause.cause); // undici's parser has one that may be undefined
}

/**
 * The platform's own error below `fetch failed`. Only those with a code are quoted: their messages are the
 * platform's fixed texts, with an address at most.
 */
function codedCause(cause: unknown): { code: string; message: string } | undefined {
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
    if (first instanceof Error && 'code' in first && typeof first.code === 'string') {
      return { code: first.code, message: first.message };
    }
  }
  return undefined;
}
