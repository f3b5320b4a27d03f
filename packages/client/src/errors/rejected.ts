import { RequestFailure } from './request-failure.ts';
import type { FailedRequest } from './request-failure.ts';

/** The concurrency limit is reached, and no call finished in time. The call was not sent. */
export class OverloadedError extends RequestFailure {
  override readonly name = 'OverloadedError';
  readonly code = 'OVERLOADED';
  override readonly retryable = true;
  readonly limit: number;
  /** What the limit is for: all calls of the client, or those to one origin. */
  readonly limitedBy: 'client' | 'origin';

  constructor(request: FailedRequest, limit: number, limitedBy: 'client' | 'origin' = 'client') {
    const which = limitedBy === 'client' ? '' : ' to this origin';
    super(request, `not sent: ${limit} calls${which} are in progress, which is the concurrency limit`);
    this.limit = limit;
    this.limitedBy = limitedBy;
  }
}

/** The rate limit leaves no place in time, or the server has asked for a longer pause. The request was not sent. */
export class RateLimitedError extends RequestFailure {
  override readonly name = 'RateLimitedError';
  readonly code = 'RATE_LIMITED';
  override readonly retryable = true;
  /** When the server's pause ends, in milliseconds since the epoch; `undefined` when it has asked for none. */
  readonly retryAt: number | undefined;

  constructor(request: FailedRequest, retryAt: number | undefined) {
    const why =
      retryAt === undefined
        ? 'the queue of the rate limit is full'
        : `the server has asked for a pause until ${new Date(retryAt).toISOString()}, which is later than the call may take`;
    super(request, `not sent: ${why}`);
    this.retryAt = retryAt;
  }
}

/** The circuit of this origin is open after too many failures. The call was not sent. The last failure is the cause. */
export class CircuitOpenError extends RequestFailure {
  override readonly name = 'CircuitOpenError';
  readonly code = 'CIRCUIT_OPEN';
  override readonly retryable = true;
  /** When the next call is sent as a probe, in milliseconds since the epoch. */
  readonly retryAt: number;

  constructor(request: FailedRequest, retryAt: number, cause?: unknown) {
    super(
      request,
      `not sent: calls to this origin are suspended after many failures; the next probe is due at ${new Date(retryAt).toISOString()}`,
      cause === undefined ? undefined : { cause },
    );
    this.retryAt = retryAt;
  }
}

/** The client is closed: the call was not sent, or did not end in time. */
export class ClientClosedError extends RequestFailure {
  override readonly name = 'ClientClosedError';
  readonly code = 'CLIENT_CLOSED';

  constructor(request: FailedRequest) {
    super(request, 'the client is closed');
  }
}

/** A redirect was not followed. */
export class RedirectBlockedError extends RequestFailure {
  override readonly name = 'RedirectBlockedError';
  readonly code = 'REDIRECT_BLOCKED';
  /** 301, 302, 303, 307 or 308; `undefined` when the transport does not report it. */
  readonly status: number | undefined;

  constructor(request: FailedRequest, status: number | undefined, reason: string) {
    super(request, `the redirect${status === undefined ? '' : ` (${status})`} was not followed: ${reason}`);
    this.status = status;
  }
}

/** The destination is not allowed for the call: its credential is for another origin, or the address is private. */
export class DestinationNotAllowedError extends RequestFailure {
  override readonly name = 'DestinationNotAllowedError';
  readonly code = 'DESTINATION_NOT_ALLOWED';

  constructor(request: FailedRequest, why: string) {
    super(request, `not sent: ${why}`);
  }
}
