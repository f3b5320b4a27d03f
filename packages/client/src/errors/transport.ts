import { notReplayedNote } from './not-replayable.ts';
import { ClientFailure } from './client-failure.ts';

/** Why there was no HTTP answer. */
export interface TransportFailure {
  readonly reason: string;
  /** For a person; nothing that was sent or received. */
  readonly detail: string;
  /** True when the request had a body that cannot be sent again. Default: false. */
  readonly isBodyGone?: boolean;
  /** True when there was a head, and the body broke off. Default: false. */
  readonly isTruncated?: boolean;
  /** `false` when the server has certainly not processed the request. */
  readonly wasProcessed?: false | undefined;
}

/** No HTTP answer, or one that broke off: DNS, connect, reset or broken framing. */
export class TransportError extends ClientFailure {
  override readonly name = 'TransportError';
  readonly code = 'TRANSPORT';
  override readonly retryable: boolean;
  readonly origin: string;
  /** The platform's own code, such as `ECONNREFUSED`; `REFUSED` for what `fetch` forbids, `UNKNOWN` when there is none. */
  readonly reason: string;
  /**
   * `false` when the server has certainly not processed the request, so that any method may be sent again: it refused
   * the HTTP/2 stream (RFC 9113 §8.7). `undefined` when that is not known.
   */
  readonly wasProcessed: false | undefined;

  constructor(origin: string, failure: TransportFailure) {
    const { reason, detail, isBodyGone = false, isTruncated = false, wasProcessed } = failure;
    const what = isTruncated ? `The answer from ${origin} broke off` : `No answer from ${origin}`;
    super(`${what}: ${detail}${isBodyGone ? notReplayedNote : ''}`);
    this.origin = origin;
    this.reason = reason;
    this.wasProcessed = wasProcessed;
    this.retryable = reason !== 'ENOTFOUND' && reason !== 'REFUSED' && !isBodyGone;
  }
}

/** The TLS handshake failed: the certificate or the protocol is not acceptable. Trying again would not help. */
export class TlsError extends ClientFailure {
  override readonly name = 'TlsError';
  readonly code = 'TLS';
  readonly origin: string;
  /** The platform's own code, such as `CERT_HAS_EXPIRED`. */
  readonly reason: string;

  constructor(origin: string, reason: string, detail: string) {
    super(`No trusted TLS connection to ${origin}: ${detail}`);
    this.origin = origin;
    this.reason = reason;
  }
}

/** The response body is larger than the client allows. Counted after decompression. */
export class BodyTooLargeError extends ClientFailure {
  override readonly name = 'BodyTooLargeError';
  readonly code = 'BODY_TOO_LARGE';
  readonly origin: string;
  readonly limitBytes: number;

  constructor(origin: string, limitBytes: number) {
    super(`The response body from ${origin} is larger than ${limitBytes} bytes`);
    this.origin = origin;
    this.limitBytes = limitBytes;
  }
}
