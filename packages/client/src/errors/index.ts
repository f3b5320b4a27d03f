import { isBearingsError } from './bearings-error.ts';
import type { AttemptTimeoutError, BodyTimeoutError, DeadlineExceededError } from './timeout.ts';
import type { BodyTooLargeError, TlsError, TransportError } from './transport.ts';
import type {
  CircuitOpenError,
  ClientClosedError,
  DestinationNotAllowedError,
  OverloadedError,
  RedirectBlockedError,
} from './rejected.ts';
import type { ConfigError, InvalidHeaderError, InvalidSchemeError, InvalidUrlError } from './validation.ts';

export { extractSecrets, redact, redactionMark } from './redaction.ts';
export { isSecretName } from './secret-names.ts';
export { BearingsError, isBearingsError } from './bearings-error.ts';
export type { ErrorSource } from './bearings-error.ts';
export { AttemptTimeoutError, BodyTimeoutError, DeadlineExceededError } from './timeout.ts';
export type { DeadlineFacts } from './timeout.ts';
export { BodyTooLargeError, TlsError, TransportError } from './transport.ts';
export type { TransportFailure } from './transport.ts';
export {
  CircuitOpenError,
  ClientClosedError,
  DestinationNotAllowedError,
  OverloadedError,
  RedirectBlockedError,
} from './rejected.ts';
export { ConfigError, InvalidHeaderError, InvalidSchemeError, InvalidUrlError } from './validation.ts';

/** Every error that this package throws. Narrow it by `code`. */
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
 * True for an error of this package, also of another copy of it; with a `code`, for this code only.
 */
export function isClientError<C extends ClientError['code']>(
  value: unknown,
  code?: C,
): value is Extract<ClientError, { code: C }> {
  return isBearingsError(value) && value.source === 'client' && (code === undefined || value.code === code);
}
