import { isBearingsError } from './bearings-error.ts';
import type { AttemptTimeoutError, BodyTimeoutError, DeadlineExceededError } from './errors/out-of-time.ts';
import type { BodyTooLargeError, TlsError, TransportError } from './errors/no-answer.ts';
import type {
  CircuitOpenError,
  ClientClosedError,
  DestinationNotAllowedError,
  OverloadedError,
  RedirectBlockedError,
} from './errors/not-sent.ts';
import type { ConfigError, InvalidHeaderError, InvalidSchemeError, InvalidUrlError } from './errors/wrong-input.ts';

export { BearingsError, isBearingsError } from './bearings-error.ts';
export type { ErrorSource } from './bearings-error.ts';
export { AttemptTimeoutError, BodyTimeoutError, DeadlineExceededError } from './errors/out-of-time.ts';
export type { DeadlineFacts } from './errors/out-of-time.ts';
export { BodyTooLargeError, TlsError, TransportError } from './errors/no-answer.ts';
export type { TransportFailure } from './errors/no-answer.ts';
export {
  CircuitOpenError,
  ClientClosedError,
  DestinationNotAllowedError,
  OverloadedError,
  RedirectBlockedError,
} from './errors/not-sent.ts';
export { ConfigError, InvalidHeaderError, InvalidSchemeError, InvalidUrlError } from './errors/wrong-input.ts';

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
  | CircuitOpenError
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
