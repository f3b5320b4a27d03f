import { BearingsError, isBearingsError } from '@bearings/client/errors';

abstract class Failure extends BearingsError {
  readonly retryable: boolean = false;
  readonly source = 'oauth-bearer';
  /** When a Token failed with it, in milliseconds since the epoch; not there on an error that no Token keeps. */
  declare readonly failedAt?: number;
  /** When that Token asks again, in milliseconds since the epoch. */
  declare readonly retryAt?: number;
}

/** Says on an error that a Token keeps since when it holds and until when. */
export function dateFailure(error: TokenError, failedAt: number, retryAt: number): void {
  for (const [name, value] of Object.entries({ failedAt, retryAt })) {
    Object.defineProperty(error, name, { value, enumerable: true, configurable: true });
  }
}

/** What the token endpoint said when it said no (RFC 6749 §5.2). */
export interface TokenHttpFacts {
  readonly endpoint: string;
  readonly status: number;
  readonly oauthError?: string | undefined;
  readonly oauthErrorDescription?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

/** Which setting to look at, for the errors that only a person can mend (RFC 6749 §5.2, RFC 8707 §2). */
const remedies: ReadonlyMap<string, string> = new Map(
  Object.entries({
    invalid_client: 'Look at clientId, at the secret or key, and at clientAuthMethod',
    unauthorized_client: 'Look at clientId: the server does not let this client use the client credentials grant',
    invalid_scope: 'Look at scopes: the server does not know one of them, or does not let this client have it',
    unsupported_grant_type: 'Look at issuerUrl or tokenEndpoint: this server does not grant client credentials',
    invalid_target: 'Look at audience and resource: the server does not know the one or the other',
  }),
);

/** The authorization server (or its discovery document's server) answered with a status other than 200. */
export class TokenHttpError extends Failure {
  override readonly name = 'TokenHttpError';
  readonly code = 'HTTP';
  /** True for 408, 429 and 5xx but 501: the server may answer otherwise later. */
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
    const remedy = remedies.get(oauthError ?? '');
    super(`${endpoint} answered ${status}${words && `: ${words}`}${remedy ? `. ${remedy}` : ''}`, cause && { cause });
    this.status = status;
    this.oauthError = oauthError;
    this.oauthErrorDescription = oauthErrorDescription;
    this.retryAfterMs = retryAfterMs;
    this.retryable = status === 408 || status === 429 || (status >= 500 && status !== 501);
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
  /** False when the server's certificate is not acceptable. */
  override readonly retryable: boolean;

  constructor(message: string, cause?: BearingsError) {
    super(message, cause && { cause });
    this.retryable = !isUntrusted(cause);
  }
}

/** True when TLS failed, at whatever depth: asking again does not make a certificate acceptable. */
function isUntrusted(cause: unknown): boolean {
  return isBearingsError(cause) && (cause.code === 'TLS' || isUntrusted(cause.cause));
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
