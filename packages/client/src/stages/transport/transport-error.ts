import type { ClientRequest } from '../../core/request.ts';
import type { Call } from '../../core/call.ts';
import { ConfigError, RedirectBlockedError, TlsError, TransportError } from '../../errors/index.ts';
import type { ClientError } from '../../errors/index.ts';
import { redirectedStream } from '../../errors/not-replayable.ts';
import { parseOrigin } from '../../security/url.ts';
import { describeTlsAlert } from './tls-alert.ts';

const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|EPROTO$|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_(?:VERIFY|GET_ISSUER))/;

/** What failed. */
export interface TransportErrorContext {
  readonly request: ClientRequest;
  /** True when the response headers had arrived and the body broke off. Default: false. */
  readonly isTruncated?: boolean;
}

/**
 * Converts an error of the network to one of the client. The original is not kept as a cause: it may quote what was sent
 * or received.
 *
 * For a layer in the slot `transport`.
 */
export function toTransportError(cause: unknown, { request, isTruncated = false }: TransportErrorContext): ClientError {
  if (isUnexpectedRedirect(cause)) return new RedirectBlockedError(request, undefined, redirectedStream);
  const coded = codedCause(cause);
  const { reason, detail } = coded === undefined ? findReason(cause) : describeCode(coded);
  if (tlsCode.test(reason)) return new TlsError(request, { reason, detail, cause: coded });
  if (isInvalidRequest(reason, detail))
    return new ConfigError('request', `No request to ${parseOrigin(request.url)} is sent: ${detail}`);
  const wasProcessed = isRefusedStream(cause) || isUnconnected(reason, coded) ? false : undefined;
  return new TransportError(request, {
    canReplay: request.canReplay,
    isTruncated,
    reason,
    detail,
    wasProcessed,
    cause: coded,
  });
}

/** True for what undici, also below `fetch`, refuses to send: an `expect` header, a wrong `content-length`. */
function isInvalidRequest(reason: string, detail: string): boolean {
  if (reason === 'UND_ERR_NOT_SUPPORTED' || reason === 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH') return true;
  return reason === 'UND_ERR_INVALID_ARG' && /^(?:invalid|duplicate) /.test(detail);
}

/** True when the server refused the HTTP/2 stream: it has not processed the request (RFC 9113 §8.7). */
function isRefusedStream(cause: unknown): boolean {
  const error = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return error instanceof Error && 'http2ErrorCode' in error && error.http2ErrorCode === 7;
}

/** True when there was no connection, so nothing can have been sent: name resolution, connect, and their time limit. */
function isUnconnected(reason: string, coded: CodedError | undefined): boolean {
  if (coded?.syscall === 'connect' || coded?.syscall === 'getaddrinfo') return true;
  return ['UND_ERR_CONNECT_TIMEOUT', 'ECONNREFUSED', 'ENOTFOUND'].includes(reason);
}

interface Reason {
  readonly reason: string;
  readonly detail: string;
}

function describeCode({ code, message }: CodedError): Reason {
  const text = message.replace(openSslText, '$1').trim();
  const detail = text === '' ? code : `${text} (${code})`;
  const alert = describeTlsAlert(code);
  return { reason: code, detail: alert === undefined ? detail : `${alert}: ${detail}` };
}

/** OpenSSL's whole error, of which the fifth part is for people: `40ED…:error:0A00010B:SSL routines:f:wrong version number:…`. */
const openSslText = /[0-9A-F]{4,32}:error:[0-9A-F]{1,16}:[^:]*:[^:]*:([^:]*):[^]*$/;

const address = /https?:\/\/[^\s"'<>]+/gi;

/** What a caller of Bun's `fetch` could pass; a caller of a client cannot. */
const bunAdvice = /\. For more information, pass `verbose: true`.*$/;

function findReason(cause: unknown): Reason {
  const found = findDenoReason(cause);
  if (found !== undefined) return { reason: found, detail: `the connection failed (${found})` };
  if (isParserError(cause)) return { reason: 'HPE_INVALID', detail: 'the answer is not HTTP' };
  if (isRefusal(cause)) {
    return { reason: 'REFUSED', detail: 'fetch refused it, as it does a 407 of a proxy or a forbidden port' };
  }
  return { reason: 'UNKNOWN', detail: 'the connection failed' };
}

/** undici's parser has no code for an answer that is not HTTP from its first byte. */
const isParserError = (cause: unknown): boolean =>
  cause instanceof Error &&
  (cause.name === 'HTTPParserError' || (cause.cause instanceof Error && cause.cause.name === 'HTTPParserError'));

/** Deno's errors have texts in place of codes, and quote the URL. */
const denoTexts: readonly (readonly [RegExp, string])[] = [
  [/dns error/, 'ENOTFOUND'],
  [/connection refused/i, 'ECONNREFUSED'],
  [/invalid peer certificate|certificate/i, 'CERT_INVALID'],
  [/reset by peer|broken pipe|connection closed|eof/i, 'ECONNRESET'],
  [/invalid HTTP|parsed/, 'HPE_INVALID_CONSTANT'],
  [/os error|client error|error sending request/, 'UNKNOWN'],
];

function findDenoReason(cause: unknown): string | undefined {
  if (!isRefusal(cause)) return undefined;
  return denoTexts.find(([text]) => text.test(cause.cause.message))?.[1];
}

function isUnexpectedRedirect(cause: unknown): boolean {
  return isRefusal(cause) && cause.cause.message === 'unexpected redirect';
}

/**
 * True for what `fetch` itself refuses by the Fetch standard: a 407 from a proxy, a forbidden port. A failed connection
 * has a code.
 */
function isRefusal(cause: unknown): cause is TypeError & { cause: Error } {
  if (!(cause instanceof TypeError) || cause.message !== 'fetch failed' || !(cause.cause instanceof Error))
    return false;
  return !('code' in cause.cause); // undici's parser has one that may be undefined
}

/** The platform's code and text, without what else its error has, such as the request. */
interface CodedError extends Error {
  readonly code: string;
  /** Such as `connect`, for an error of the system. */
  readonly syscall?: string;
}

/**
 * A copy of the platform's own error below `fetch failed`. Only those with a code are quoted: their messages are the
 * platform's fixed texts, with an address at most, of which the origin stays: Bun's have the whole URL. SDKs recognise a
 * failed connection by `error.cause.code`.
 */
function codedCause(cause: unknown): CodedError | undefined {
  for (let error = cause, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
    if (first instanceof Error && 'code' in first && typeof first.code === 'string') {
      const { code, message } = first;
      const syscall = 'syscall' in first && typeof first.syscall === 'string' ? first.syscall : undefined;
      return Object.assign(new Error(message.replace(bunAdvice, '').replace(address, parseOrigin)), {
        code,
        ...(syscall !== undefined && { syscall }),
      });
    }
  }
  return undefined;
}

/**
 * Converts a raw `fetch failed` of a transport that is not ours: its message and cause may hold request data. Other
 * errors stay as they are.
 */
export function convertRawError(cause: unknown, request: ClientRequest, call: Call): unknown {
  const isRaw = cause instanceof TypeError && cause.message === 'fetch failed' && !call.cancelScope.isCancelled;
  return isRaw ? toTransportError(cause, { request }) : cause;
}
