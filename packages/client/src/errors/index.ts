import { hasMark } from './bearings-error.ts';
import type { HttpStatusError } from './http-status-error.ts';
import type { AttemptTimeoutError, BodyTimeoutError, DeadlineExceededError } from './timeout.ts';
import type { BodyTooLargeError, TlsError, TransportError } from './transport.ts';
import type {
  CircuitOpenError,
  ClientClosedError,
  DestinationNotAllowedError,
  OverloadedError,
  RateLimitedError,
  RedirectBlockedError,
} from './rejected.ts';
import type { PagingError } from '../paging/paging-error.ts';
import type { ConfigError, InvalidHeaderError, InvalidSchemeError, InvalidUrlError } from './validation.ts';

export { extractSecrets, redact, redactionMark } from './redaction.ts';
export { isSecretName } from './secret-names.ts';
export { BearingsError } from './bearings-error.ts';
export { AttemptTimeoutError, BodyTimeoutError, DeadlineExceededError } from './timeout.ts';
export type { DeadlineFacts } from './timeout.ts';
export { BodyTooLargeError, TlsError, TransportError } from './transport.ts';
export type { TransportFailure } from './transport.ts';
export {
  CircuitOpenError,
  ClientClosedError,
  DestinationNotAllowedError,
  OverloadedError,
  RateLimitedError,
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
  | RateLimitedError
  | CircuitOpenError
  | ClientClosedError
  | InvalidUrlError
  | InvalidSchemeError
  | InvalidHeaderError
  | RedirectBlockedError
  | DestinationNotAllowedError
  | PagingError;

/**
 * The errors of each package, by its name. Every package of Bearings adds its own, so that {@link isBearingsError} narrows
 * to them:
 *
 *     declare module '@bearings/client/errors' { interface ErrorsByPackage { 'oauth-bearer': TokenError } }
 */
export interface ErrorsByPackage {
  client: ClientError | HttpStatusError;
}

/** An error of any Bearings package that is imported. `docs/errors.md` lists them. */
export type KnownError = ErrorsByPackage[keyof ErrorsByPackage];

/**
 * True for an error of any Bearings package, of any copy of it; with a `code`, for that one only.
 *
 * Also for the `HTTPError` of ky that a client of ours throws, whose code is `HTTP_STATUS`.
 */
export function isBearingsError(value: unknown): value is KnownError;
export function isBearingsError<C extends KnownError['code']>(
  value: unknown,
  code: C,
): value is Extract<KnownError, { code: C }>;
export function isBearingsError(value: unknown, code?: string): boolean {
  return hasMark(value) && 'code' in value && (code === undefined || value.code === code);
}
