import { explainNotRetried } from './not-retried.ts';
import { notReplayedNote } from './not-replayable.ts';
import { RequestFailure } from './request-failure.ts';
import type { FailedRequest } from './request-failure.ts';

/** Why there is no complete HTTP response. */
export interface TransportFailure {
  readonly reason: string;
  /** For people to read. Contains nothing that was sent or received. */
  readonly detail: string;
  /** False when the body was a stream, so that the same request cannot be sent again. Default: true. */
  readonly canReplay?: boolean;
  /** True when the headers arrived and the body ended early. Default: false. */
  readonly isTruncated?: boolean;
  /** `false` when the server has certainly not processed the request. */
  readonly wasProcessed?: false | undefined;
  /** The platform's code and text, as `error.cause` of a failed `fetch` has them. Default: none. */
  readonly cause?: Error | undefined;
}

/** There is no HTTP response, or it ended early: DNS, connect, reset or broken framing. */
export class TransportError extends RequestFailure {
  override readonly name = 'TransportError';
  readonly code = 'TRANSPORT';
  override readonly retryable: boolean;
  /** The platform's code, such as `ECONNREFUSED`; `REFUSED` for what `fetch` forbids, `UNKNOWN` without a code. */
  readonly reason: string;
  /**
   * `false` when the server has certainly not processed the request, so that any method may be sent again: there was no
   * connection, or it refused the HTTP/2 stream (RFC 9113 §8.7). `undefined` when that is not known.
   */
  readonly wasProcessed: false | undefined;

  constructor(request: FailedRequest, failure: TransportFailure) {
    const { reason, detail, canReplay = true, isTruncated = false, wasProcessed, cause } = failure;
    const what = isTruncated ? 'the answer broke off' : 'no answer';
    super(request, `${what}: ${detail}${canReplay ? '' : notReplayedNote}`, cause && { cause });
    this.reason = reason;
    this.wasProcessed = wasProcessed;
    const isTransient = reason !== 'ENOTFOUND' && reason !== 'REFUSED';
    this.retryable = isTransient && canReplay;
    if (isTransient && !canReplay) explainNotRetried(this, 'body', 1);
  }
}

/** The TLS handshake failed: the certificate or the protocol is not acceptable. A retry would fail too. */
export class TlsError extends RequestFailure {
  override readonly name = 'TlsError';
  readonly code = 'TLS';
  /** The platform's code, such as `CERT_HAS_EXPIRED`. */
  readonly reason: string;

  constructor(request: FailedRequest, { reason, detail, cause }: TransportFailure) {
    super(request, `no trusted TLS connection: ${detail}`, cause && { cause });
    this.reason = reason;
  }
}

/** The response body is larger than `maxResponseBytes`, counted after decompression. */
export class BodyTooLargeError extends RequestFailure {
  override readonly name = 'BodyTooLargeError';
  readonly code = 'BODY_TOO_LARGE';
  readonly limitBytes: number;

  constructor(request: FailedRequest, limitBytes: number) {
    super(request, `the response body is larger than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}
