import { BearingsError, isBearingsError } from './bearings-error.ts';
import type { CallPhase } from './call.ts';

export { BearingsError, isBearingsError } from './bearings-error.ts';
export type { ErrorSource } from './bearings-error.ts';

abstract class Failure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'client';
}

/** A client, layer or call was described wrongly. Thrown before anything is sent. */
export class ConfigError extends Failure {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG';
  /** The option that is wrong. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** No response head arrived within the budget of one attempt. */
export class AttemptTimeoutError extends Failure {
  override readonly name = 'AttemptTimeoutError';
  readonly code = 'ATTEMPT_TIMEOUT';
  override readonly retryable = true;
  readonly origin: string;
  readonly budgetMs: number;

  constructor(origin: string, budgetMs: number) {
    super(`No answer from ${origin} within ${budgetMs} ms`);
    this.origin = origin;
    this.budgetMs = budgetMs;
  }
}

/** The response body stood still for too long while it was being read. */
export class BodyTimeoutError extends Failure {
  override readonly name = 'BodyTimeoutError';
  readonly code = 'BODY_TIMEOUT';
  readonly origin: string;
  readonly budgetMs: number;

  constructor(origin: string, budgetMs: number) {
    super(`The response body from ${origin} stood still for ${budgetMs} ms`);
    this.origin = origin;
    this.budgetMs = budgetMs;
  }
}

const doing: Readonly<Record<CallPhase, string>> = {
  start: 'before anything was sent',
  token: 'waiting for a token',
  attempt: 'waiting for an answer',
  backoff: 'waiting for the next attempt',
  body: 'reading the body',
};

/** What is known of a call whose time was up. */
export interface DeadlineFacts {
  readonly origin: string;
  readonly budgetMs: number;
  readonly attempts: number;
  readonly phase: CallPhase;
  readonly cause: unknown;
}

/** The whole call (attempts, waits, token and body) took longer than its total budget. The last failure is the cause. */
export class DeadlineExceededError extends Failure {
  override readonly name = 'DeadlineExceededError';
  readonly code = 'DEADLINE_EXCEEDED';
  readonly origin: string;
  readonly budgetMs: number;
  /** How many attempts had begun. */
  readonly attempts: number;
  /** What the call was doing when its time was up. */
  readonly phase: CallPhase;

  constructor({ origin, budgetMs, attempts, phase, cause }: DeadlineFacts) {
    const counted = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
    super(
      `The call to ${origin} was not done within ${budgetMs} ms (${counted}; ${doing[phase]})`,
      cause === undefined ? undefined : { cause },
    );
    this.origin = origin;
    this.budgetMs = budgetMs;
    this.attempts = attempts;
    this.phase = phase;
  }
}

/** No HTTP answer: DNS, connect, reset or broken framing. */
export class TransportError extends Failure {
  override readonly name = 'TransportError';
  readonly code = 'TRANSPORT';
  override readonly retryable: boolean;
  readonly origin: string;
  /** The platform's own code, such as `ECONNREFUSED`; `REFUSED` for what `fetch` forbids, `UNKNOWN` when there is none. */
  readonly reason: string;

  constructor(origin: string, reason: string, detail: string) {
    super(`No answer from ${origin}: ${detail}`);
    this.origin = origin;
    this.reason = reason;
    this.retryable = reason !== 'ENOTFOUND' && reason !== 'REFUSED';
  }
}

/** The TLS handshake failed: the certificate or the protocol is not acceptable. Trying again would not help. */
export class TlsError extends Failure {
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
export class BodyTooLargeError extends Failure {
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

/** As many calls are under way as the client allows; this one was not sent. */
export class OverloadedError extends Failure {
  override readonly name = 'OverloadedError';
  readonly code = 'OVERLOADED';
  override readonly retryable = true;
  readonly limit: number;

  constructor(limit: number) {
    super(`${limit} calls are under way already, the most this client makes at once`);
    this.limit = limit;
  }
}

/** The client was closed. */
export class ClientClosedError extends Failure {
  override readonly name = 'ClientClosedError';
  readonly code = 'CLIENT_CLOSED';

  constructor() {
    super('The client is closed');
  }
}

/** The URL cannot be called: it is no URL, has no origin, or carries user and password. */
export class InvalidUrlError extends Failure {
  override readonly name = 'InvalidUrlError';
  readonly code = 'INVALID_URL';
}

/** The URL's scheme is not allowed: https, http on loopback, or http where the client was made with `insecureHttp`. */
export class InvalidSchemeError extends Failure {
  override readonly name = 'InvalidSchemeError';
  readonly code = 'INVALID_SCHEME';
  readonly origin: string;

  constructor(url: URL) {
    super(
      `${url.protocol}//${url.host} is not called: https only (http on loopback apart). Set insecureHttp: true to allow http`,
    );
    this.origin = url.origin;
  }
}

/** A header cannot be sent: its name or value has characters HTTP does not allow. The value is not shown. */
export class InvalidHeaderError extends Failure {
  override readonly name = 'InvalidHeaderError';
  readonly code = 'INVALID_HEADER';
  readonly header: string;

  constructor(header: string) {
    super(`The header ${JSON.stringify(header)} has a name or value that HTTP does not allow`);
    this.header = header;
  }
}

/** A redirect was not followed. */
export class RedirectBlockedError extends Failure {
  override readonly name = 'RedirectBlockedError';
  readonly code = 'REDIRECT_BLOCKED';
  readonly origin: string;
  readonly status: number;

  constructor(origin: string, status: number, reason: string) {
    super(`A redirect (${status}) from ${origin} was not followed: ${reason}`);
    this.origin = origin;
    this.status = status;
  }
}

/** The call would take a credential to an origin it is not meant for; it was not sent. */
export class DestinationNotAllowedError extends Failure {
  override readonly name = 'DestinationNotAllowedError';
  readonly code = 'DESTINATION_NOT_ALLOWED';
  readonly origin: string;

  constructor(origin: string, allowed: readonly string[]) {
    super(`The credential is for ${allowed.join(', ')} and is not sent to ${origin}`);
    this.origin = origin;
  }
}

/** Everything this package throws by itself. Narrow it by `code`. */
export type ClientError =
  | ConfigError
  | AttemptTimeoutError
  | BodyTimeoutError
  | DeadlineExceededError
  | TransportError
  | TlsError
  | BodyTooLargeError
  | OverloadedError
  | ClientClosedError
  | InvalidUrlError
  | InvalidSchemeError
  | InvalidHeaderError
  | RedirectBlockedError
  | DestinationNotAllowedError;

/**
 * True for an error of this package, of any copy of it.
 *
 * With a `code`, true for that one only.
 */
export function isClientError<C extends ClientError['code']>(
  value: unknown,
  code?: C,
): value is Extract<ClientError, { code: C }> {
  return isBearingsError(value) && value.source === 'client' && (code === undefined || value.code === code);
}
