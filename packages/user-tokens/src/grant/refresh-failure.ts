import { isBearingsError } from '@bearings/client';
import type { RetryOptions } from '@bearings/client';
import type { TokenError } from '@bearings/oauth-bearer';

/**
 * True when the answer says that the refresh token has ended: `invalid_grant`, which the provider's own codes are read as, or
 * a 400 without any code that is not a page (Glewlwyd).
 *
 * Everything else keeps the grant: a wrong client secret (401 belongs to the client, RFC 6749 §5.2), a scope that is not
 * allowed, an HTML page and a 5xx are mistakes of an operator, or outages, and would cost every user a consent.
 */
export function isDeadGrant(error: TokenError, isPage: boolean): boolean {
  if (error.code !== 'TOKEN_HTTP' || error.status >= 500) return false;
  return error.oauthError === 'invalid_grant' || (error.oauthError === undefined && error.status === 400 && !isPage);
}

/** Codes of connections that were never made. */
const neverSent: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'REFUSED',
]);

/** True when the provider cannot have used the refresh token: nothing was sent, or it answered with a refusal. */
export function isUnused(error: TokenError): boolean {
  if (error.code === 'TOKEN_HTTP') return isRefusal(error.status);
  return error.code === 'TOKEN_CONFIG' || error.code === 'REAUTHORIZATION_REQUIRED' || isNeverSent(error.cause);
}

/** The same for an attempt that is followed by another. */
export function isUnusedAttempt({ trigger, error }: Parameters<NonNullable<RetryOptions['onRetry']>>[0]): boolean {
  return typeof trigger === 'number' ? isRefusal(trigger) : isNeverSent(error);
}

const isRefusal = (status: number): boolean => status === 503 || (status >= 300 && status < 500);

function isNeverSent(error: unknown): boolean {
  if (isBearingsError(error, 'TRANSPORT')) return error.wasProcessed === false || neverSent.has(error.reason);
  return isBearingsError(error, 'TLS');
}

/** What is stored of a failure, for operators. Contains nothing of the answer but its codes. */
export function describeFailure(error: TokenError): string {
  if (error.code !== 'TOKEN_HTTP') return error.code;
  return `HTTP ${error.status}${error.oauthError === undefined ? '' : ` ${error.oauthError}`}`;
}
