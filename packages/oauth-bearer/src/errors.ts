import { BearingsError, isBearingsError } from '@bearings/client/errors';

abstract class Failure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'oauth-bearer';
}

/** What the token endpoint said when it said no (RFC 6749 §5.2). */
export interface TokenHttpFacts {
  readonly endpoint: string;
  readonly status: number;
  readonly oauthError?: string | undefined;
  readonly oauthErrorDescription?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** The authorization server (or its discovery document's server) answered with a status other than 200. */
export class TokenHttpError extends Failure {
  override readonly name = 'TokenHttpError';
  readonly code = 'HTTP';
  /** True for 408, 429 and 5xx: the server may answer otherwise later. */
  override readonly retryable: boolean;
  readonly status: number;
  /** The OAuth error code, such as `invalid_client`, when the answer had a well-formed one. */
  readonly oauthError: string | undefined;
  /** The server's own words, when they hold no secret. */
  readonly oauthErrorDescription: string | undefined;
  /** What the server asked for with `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor({ endpoint, status, oauthError, oauthErrorDescription, retryAfterMs }: TokenHttpFacts, cause?: Error) {
    const words = [oauthError, oauthErrorDescription && `(${oauthErrorDescription})`].filter(Boolean).join(' ');
    super(`${endpoint} answered ${status}${words && `: ${words}`}`, cause && { cause });
    this.status = status;
    this.oauthError = oauthError;
    this.oauthErrorDescription = oauthErrorDescription;
    this.retryAfterMs = retryAfterMs;
    this.retryable = status === 408 || status === 429 || status >= 500;
  }
}

/** An answer arrived, but it is not usable as a token, or as metadata. It is never kept. */
export class InvalidTokenResponseError extends Failure {
  override readonly name = 'InvalidTokenResponseError';
  readonly code = 'INVALID_RESPONSE';
  override readonly retryable = true;
  /** The OAuth error code of a 200 that was none. */
  readonly oauthError: string | undefined;

  constructor(message: string, { oauthError, cause }: { oauthError?: string | undefined; cause?: Error } = {}) {
    super(message, cause && { cause });
    this.oauthError = oauthError;
  }
}

/** The token is of a type that this package does not know how to present (RFC 6749 §7.1). */
export class UnsupportedTokenTypeError extends Failure {
  override readonly name = 'UnsupportedTokenTypeError';
  readonly code = 'UNSUPPORTED_TOKEN_TYPE';

  constructor(endpoint: string) {
    super(`${endpoint} answered with a token_type other than Bearer`);
  }
}

/** A setting is wrong. Nothing was sent. */
export class TokenConfigError extends Failure {
  override readonly name = 'TokenConfigError';
  readonly code = 'CONFIG';
  /** The setting that is wrong. */
  readonly field: string;

  constructor(field: string, problem: string, cause?: Error) {
    super(`${field} ${problem}`, cause && { cause });
    this.field = field;
  }
}

/** There is no usable token now: the authorization server gave no answer, or none has been asked for yet. */
export class TokenUnavailableError extends Failure {
  override readonly name = 'TokenUnavailableError';
  readonly code = 'UNAVAILABLE';
  override readonly retryable = true;

  constructor(message: string, cause?: Error) {
    super(message, cause && { cause });
  }
}

/** The token was closed. */
export class TokenClosedError extends Failure {
  override readonly name = 'TokenClosedError';
  readonly code = 'CLOSED';

  constructor() {
    super('The token is closed');
  }
}

/** Why there is no token. Narrow it by `code`. */
export type TokenError =
  | TokenHttpError
  | InvalidTokenResponseError
  | UnsupportedTokenTypeError
  | TokenConfigError
  | TokenUnavailableError
  | TokenClosedError;

/** True for an error of this package, of any copy of it. With a `code`, true for that one only. */
export function isTokenError<C extends TokenError['code']>(
  value: unknown,
  code?: C,
): value is Extract<TokenError, { code: C }> {
  return isBearingsError(value) && value.source === 'oauth-bearer' && (code === undefined || value.code === code);
}
