import { isBearingsError } from '@bearings/client';
import { TokenUnavailableError } from '@bearings/oauth-bearer';
import { ReauthorizationRequiredError } from '@bearings/oauth-bearer/source';
import type { TokenError } from '@bearings/oauth-bearer';

/**
 * The error that callers of a handle get.
 *
 * Tokens that cannot be decrypted need new consent. A missing key needs the operator: the tokens are still valid.
 */
export function toGrantError(cause: unknown, connection: string): TokenError {
  if (isBearingsError(cause) && cause.source === 'oauth-bearer') return cause;
  if (!isBearingsError(cause) || cause.source !== 'user-tokens')
    return new TokenUnavailableError(`${connection}: the grant could not be read`);
  if (cause.code === 'STORE' && cause.reason === 'undecryptable') {
    return new ReauthorizationRequiredError({ connection, reason: 'undecryptable', cause });
  }
  const kind = cause.retryable ? 'transient' : 'permanent';
  return new TokenUnavailableError(`${connection}: ${cause.message}`, { cause, kind });
}
