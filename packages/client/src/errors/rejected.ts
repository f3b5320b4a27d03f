import { ClientFailure } from './client-failure.ts';

/** The concurrency limit is reached, and no call finished in time. The call was not sent. */
export class OverloadedError extends ClientFailure {
  override readonly name = 'OverloadedError';
  readonly code = 'OVERLOADED';
  override readonly retryable = true;
  readonly limit: number;
  /** The origin that the limit is for; `undefined` for the limit of the whole client. */
  readonly origin: string | undefined;

  constructor(limit: number, origin?: string) {
    const where = origin === undefined ? '' : ` to ${origin}`;
    super(`${limit} calls${where} are in progress, which is the concurrency limit; this one was not sent`);
    this.limit = limit;
    this.origin = origin;
  }
}

/** The circuit of this origin is open after too many failures. The call was not sent. The last failure is the cause. */
export class CircuitOpenError extends ClientFailure {
  override readonly name = 'CircuitOpenError';
  readonly code = 'CIRCUIT_OPEN';
  override readonly retryable = true;
  readonly origin: string;
  /** When the next call is sent as a probe, in milliseconds since the epoch. */
  readonly retryAt: number;

  constructor(origin: string, retryAt: number, cause?: unknown) {
    super(
      `Calls to ${origin} are suspended after many failures; the next probe is due at ${new Date(retryAt).toISOString()}`,
      cause === undefined ? undefined : { cause },
    );
    this.origin = origin;
    this.retryAt = retryAt;
  }
}

/** The client is closed. The call was not sent. */
export class ClientClosedError extends ClientFailure {
  override readonly name = 'ClientClosedError';
  readonly code = 'CLIENT_CLOSED';

  constructor() {
    super('The client is closed');
  }
}

/** A redirect was not followed. */
export class RedirectBlockedError extends ClientFailure {
  override readonly name = 'RedirectBlockedError';
  readonly code = 'REDIRECT_BLOCKED';
  readonly origin: string;
  /** 301, 302, 303, 307 or 308; `undefined` when the transport does not report it. */
  readonly status: number | undefined;

  constructor(origin: string, status: number | undefined, reason: string) {
    const which = status === undefined ? 'A redirect' : `A redirect (${status})`;
    super(`${which} from ${origin} was not followed: ${reason}`);
    this.origin = origin;
    this.status = status;
  }
}

/** The destination is not allowed for the call: its credential is for another origin, or the address is private. */
export class DestinationNotAllowedError extends ClientFailure {
  override readonly name = 'DestinationNotAllowedError';
  readonly code = 'DESTINATION_NOT_ALLOWED';
  readonly origin: string;

  constructor(origin: string, why: string) {
    super(`${origin} is not called: ${why}`);
    this.origin = origin;
  }
}
