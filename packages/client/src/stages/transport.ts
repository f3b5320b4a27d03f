import type { Call } from '../call.ts';
import { TlsError, TransportError } from '../errors.ts';
import { originOf } from '../origin.ts';
import type { Stage } from '../stage.ts';

/**
 * The street: hands the request, the stages' headers and the attempt's signal to `fetch`.
 *
 * The platform's errors are not kept as causes: some quote what was sent or received.
 *
 * @throws TransportError | TlsError when there is no HTTP answer; an abort's own reason when there was one
 */
export function transport(fetch: typeof globalThis.fetch): Stage {
  return () => async (request, call) => {
    const init = outgoing(request, call);
    const mustKeepBody = request.body !== null && call.source === undefined && call.repeatable;
    try {
      return await fetch(mustKeepBody ? request.clone() : request, init);
    } catch (cause) {
      call.signal.throwIfAborted();
      throw failure(cause, originOf(request.url));
    }
  };
}

/** What differs from the request. A body that can be made anew is, so that the request's own is never used up. */
function outgoing(request: Request, call: Call): RequestInit {
  const init: RequestInit = { ...call.fetchOptions, redirect: 'manual', signal: call.signal };
  // a Request that is given options loses its own (Fetch standard, "new Request", when init is not empty)
  if (request.referrerPolicy !== '') init.referrerPolicy = request.referrerPolicy;
  const headers = call.headersFor(request);
  if (request.body !== null && call.source !== undefined) init.body = call.source;
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

function failure(cause: unknown, origin: string): TransportError | TlsError {
  const coded = codedCause(cause);
  if (coded === undefined && isRefusal(cause)) {
    return new TransportError(origin, 'REFUSED', 'fetch refused it, as it does a 407 of a proxy or a forbidden port');
  }
  if (coded === undefined) return new TransportError(origin, 'UNKNOWN', 'the connection failed');
  const { code, message } = coded;
  const detail = message === '' ? code : `${message} (${code})`;
  return tlsCode.test(code) ? new TlsError(origin, code, detail) : new TransportError(origin, code, detail);
}

/**
 * True for what `fetch` itself refuses, as the Fetch standard says: a 407 from a proxy, a forbidden port. What happens
 * to a connection has a code.
 */
function isRefusal(cause: unknown): boolean {
  return cause instanceof TypeError && cause.message === 'fetch failed' && cause.cause instanceof Error;
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
