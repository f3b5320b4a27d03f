import type { Call } from '@bearings/client';
import { ClientClosedError, TlsError, TransportError } from '@bearings/client/errors';
import type { ClientError } from '@bearings/client/errors';

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER))/;
const closedCodes = ['UND_ERR_CLOSED', 'UND_ERR_DESTROYED'];

/** What was going on when the network failed. */
export interface Scene {
  readonly request: Request;
  readonly call: Call;
  /** True when there was a head, and the body broke off. */
  readonly isCutShort?: boolean;
}

/**
 * The client's error for one of undici's. That is not kept as a cause: some quote what was sent or received.
 */
export function transportFailure(cause: unknown, { request, call, isCutShort = false }: Scene): ClientError {
  const { reason, detail } = reasonOf(cause);
  const origin = URL.parse(request.url)?.origin ?? 'an invalid URL';
  if (closedCodes.includes(reason)) return new ClientClosedError();
  if (tlsCode.test(reason)) return new TlsError(origin, reason, detail);
  return new TransportError(origin, { isBodyGone: call.isBodyGone(request), isCutShort, reason, detail });
}

/** Only errors with a code are quoted: their messages are fixed texts, with an address at most. */
function reasonOf(cause: unknown): { reason: string; detail: string } {
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    const [first]: unknown[] = error instanceof AggregateError ? error.errors : [error];
    if (first instanceof Error && 'code' in first && typeof first.code === 'string') {
      const { code, message } = first;
      return { reason: code, detail: message === '' ? code : `${message} (${code})` };
    }
  }
  return { reason: 'UNKNOWN', detail: 'the connection failed' };
}
