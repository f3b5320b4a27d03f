import { BearingsError, isBearingsError } from '@bearings/client/errors';
import type { ClientAuthMethod } from './client-auth/client-auth-method.ts';
import { findRemedy } from './remedy.ts';

/**
 * What can end a failure. `transient`: time. `permanent`: a person who changes a setting or the server. `terminal`: new
 * consent or a new credential only, so the source is not asked again until its `hasChanged` says so.
 */
export type FailureKind = 'transient' | 'permanent' | 'terminal';

/** What a failure comes from. */
interface FailureDetails {
  readonly cause?: Error | undefined;
  /** Default: depends on the failure. */
  readonly kind?: FailureKind | undefined;
}

interface FailureFacts extends FailureDetails {
  readonly retryable?: boolean;
}

abstract class Failure extends BearingsError {
  readonly source = 'oauth-bearer';
  /** When a Token asks again. */
  readonly kind: FailureKind;
  /** True when the same request may succeed if it is sent again. */
  readonly retryable: boolean;
  /** When a Token failed with this error, in milliseconds since the epoch. Only on errors that a Token keeps. */
  declare readonly failedAt?: number;
  /** When that Token asks again, in milliseconds since the epoch. `Infinity` after a terminal failure. */
  declare readonly retryAt?: number;

  constructor(message: string, { kind = 'permanent', retryable = kind === 'transient', cause }: FailureFacts) {
    super(message, cause && { cause });
    this.kind = kind;
    this.retryable = retryable;
  }
}

/** Records on an error when a Token failed with it and when it tries again. */
export function stampFailure(error: TokenError, failedAt: number, retryAt: number): void {
  if (!Object.isExtensible(error)) return; // the source of a user may freeze its errors
  for (const [name, value] of Object.entries({ failedAt, retryAt })) {
    Object.defineProperty(error, name, { value, enumerable: true, configurable: true });
  }
}

/** An error response of the token endpoint (RFC 6749 §5.2). */
export interface TokenHttpDetails {
  readonly endpoint: string;
  readonly status: number;
  readonly oauthError?: string | undefined;
  readonly oauthErrorDescription?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** How the client authenticated, for the remedy. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** The `grant_type` that was sent, for the remedy. Default: `client_credentials`. */
  readonly grantType?: string | undefined;
  /** The next step for a person. Default: found by the status and the error. */
  readonly remedy?: string | undefined;
}

/** The authorization server (or the server of its discovery document) answered with a status other than 200. */
export class TokenHttpError extends Failure {
  override readonly name = 'TokenHttpError';
  readonly code = 'TOKEN_HTTP';
  readonly status: number;
  /** The OAuth error code, such as `invalid_client`, when the response had a well-formed one. */
  readonly oauthError: string | undefined;
  /** The server's own description, when it contains no secret. */
  readonly oauthErrorDescription: string | undefined;
  /** The wait that the server asked for with `Retry-After`, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  /**
   * The failure is permanent with an OAuth error code that only a person can correct, else transient, unless `kind` says
   * otherwise: a 404 or 403 without a code comes from a proxy, a firewall or a deployment more often than from the server.
   */
  constructor(details: TokenHttpDetails, { cause, kind }: FailureDetails = {}) {
    const { endpoint, status, oauthError, oauthErrorDescription, retryAfterMs } = details;
    const words = [oauthError, oauthErrorDescription && `(${oauthErrorDescription})`].filter(Boolean).join(' ');
    const remedy = details.remedy ?? findRemedy(details);
    const message = `No token: ${endpoint} answered ${status}${words && `: ${words}`}${remedy ? `. ${remedy}` : ''}`;
    const isPassing = status === 408 || status === 429 || (status >= 500 && status !== 501);
    const isPermanent = !isPassing && !passingCodes.has(oauthError);
    super(message, { kind: kind ?? (isPermanent ? 'permanent' : 'transient'), retryable: isPassing, cause });
    this.status = status;
    this.oauthError = oauthError;
    this.oauthErrorDescription = oauthErrorDescription;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Codes of errors that pass by themselves (RFC 6749 §4.1.2.1, RFC 8628 §3.5). */
const passingCodes: ReadonlySet<string | undefined> = new Set([
  undefined,
  'temporarily_unavailable',
  'server_error',
  'slow_down',
]);

interface InvalidTokenResponseDetails extends FailureDetails {
  readonly oauthError?: string | undefined;
}

/** The response is not usable as a token, or as metadata. Its content is never kept. */
export class InvalidTokenResponseError extends Failure {
  override readonly name = 'InvalidTokenResponseError';
  readonly code = 'INVALID_TOKEN_RESPONSE';
  /** The OAuth error code of a 200 response that is an error. */
  readonly oauthError: string | undefined;

  /** The failure is transient, unless `kind` says otherwise. */
  constructor(message: string, { oauthError, cause, kind = 'transient' }: InvalidTokenResponseDetails = {}) {
    super(message, { kind, cause });
    this.oauthError = oauthError;
  }
}

/** This package cannot present tokens of this type (RFC 6749 §7.1). */
export class UnsupportedTokenTypeError extends Failure {
  override readonly name = 'UnsupportedTokenTypeError';
  readonly code = 'UNSUPPORTED_TOKEN_TYPE';

  /** @param expected - `bound`: a token that is bound to the client certificate */
  constructor(endpoint: string, expected: 'Bearer' | 'DPoP' | 'bound' = 'Bearer') {
    super(`${endpoint} answered with ${unsupported[expected]}`, {});
  }
}

const unsupported = {
  Bearer: 'a token_type other than Bearer',
  DPoP: 'a token_type other than DPoP: it did not bind the token to the key. Allow DPoP for this client there',
  bound:
    'a token that is not bound to the client certificate: it has no cnf.x5t#S256. Set tls_client_certificate_bound_access_tokens for this client there',
};

/** A setting is wrong. Nothing was sent. */
export class TokenConfigError extends Failure {
  override readonly name = 'TokenConfigError';
  readonly code = 'TOKEN_CONFIG';
  /** The setting that is wrong. */
  readonly field: string;

  constructor(field: string, problem: string, cause?: Error) {
    super(`${field} ${problem}`, { cause });
    this.field = field;
  }
}

/** There is no usable token: the source gave none, or none has been acquired yet. */
export class TokenUnavailableError extends Failure {
  override readonly name = 'TokenUnavailableError';
  readonly code = 'TOKEN_UNAVAILABLE';

  /** The failure is transient, unless `kind` says otherwise or the server's certificate is not acceptable. */
  constructor(message: string, { cause, kind }: FailureDetails = {}) {
    super(`No token: ${message}`, { kind: kind ?? (isUntrusted(cause) ? 'permanent' : 'transient'), cause });
  }
}

/** True when TLS failed, at any depth: the certificate stays unacceptable when the request is sent again. */
function isUntrusted(cause: unknown): boolean {
  return isBearingsError(cause) && (cause.code === 'TLS' || isUntrusted(cause.cause));
}

/** What ended a user's grant. */
interface ReauthorizationDetails {
  readonly connection: string;
  readonly reason: string;
  readonly missingScopes?: readonly string[] | undefined;
  readonly cause?: Error | undefined;
}

/** There is no token of a user until the user consents again. */
export class ReauthorizationRequiredError extends Failure {
  override readonly name = 'ReauthorizationRequiredError';
  readonly code = 'REAUTHORIZATION_REQUIRED';
  /** The connection that the user has to authorize. */
  readonly connection: string;
  /** Why, such as `refresh_refused` or `insufficient_scope`. */
  readonly reason: string;
  /** The scopes that the user has not granted, with the reason `insufficient_scope`. */
  readonly missingScopes: readonly string[];

  constructor({ connection, reason, missingScopes = [], cause }: ReauthorizationDetails) {
    const missing = missingScopes.length === 0 ? '' : ` for ${missingScopes.join(' ')}`;
    super(`${connection}: the user must consent again${missing} (${reason})`, { kind: 'terminal', cause });
    this.connection = connection;
    this.reason = reason;
    this.missingScopes = missingScopes;
  }
}

/** What a resource demands of a call. */
export interface StepUpDemand {
  readonly origin: string;
  readonly missingScopes: readonly string[];
  readonly acrValues?: string | undefined;
  readonly maxAgeS?: number | undefined;
}

/** A resource demands more than the token of the call has, and more than `stepUp.allow` lets the call get. */
export class StepUpRequiredError extends Failure {
  override readonly name = 'StepUpRequiredError';
  readonly code = 'STEP_UP_REQUIRED';
  readonly origin: string;
  /** The scopes that the token lacks (RFC 6750 §3.1). */
  readonly missingScopes: readonly string[];
  /** How the user must authenticate (RFC 9470 §3). */
  readonly acrValues: string | undefined;
  /** How long ago the user may have authenticated, in seconds (RFC 9470 §3). */
  readonly maxAgeS: number | undefined;

  constructor({ origin, missingScopes, acrValues, maxAgeS }: StepUpDemand) {
    const login = [acrValues && ` by ${acrValues}`, maxAgeS !== undefined && ` within the last ${maxAgeS} s`];
    const demand =
      missingScopes.length > 0
        ? `the scopes ${missingScopes.join(' ')}, which the token does not have and stepUp does not allow`
        : `that the user has logged in${login.filter(Boolean).join('')}`;
    super(`${origin} demands ${demand}`, {});
    this.origin = origin;
    this.missingScopes = missingScopes;
    this.acrValues = acrValues;
    this.maxAgeS = maxAgeS;
  }
}

/** The token was closed. */
export class TokenClosedError extends Failure {
  override readonly name = 'TokenClosedError';
  readonly code = 'TOKEN_CLOSED';

  constructor() {
    super('The token is closed', {});
  }
}

/** Why there is no token. Narrow it by `code`. */
export type TokenError =
  | TokenHttpError
  | InvalidTokenResponseError
  | UnsupportedTokenTypeError
  | TokenConfigError
  | TokenUnavailableError
  | ReauthorizationRequiredError
  | StepUpRequiredError
  | TokenClosedError;

declare module '@bearings/client/errors' {
  interface ErrorsByPackage {
    'oauth-bearer': TokenError;
  }
}
