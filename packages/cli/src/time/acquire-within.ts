import type { Clock } from '@bearings/client';
import { TokenUnavailableError } from '@bearings/oauth-bearer';
import type { AccessToken, TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { TimeLimitError, withTimeout } from './with-timeout.ts';

/** How long a command waits for a token, in milliseconds. */
export const acquireLimitMs = 10_000;

/** The token of a handle, or an `TOKEN_UNAVAILABLE` error when it does not arrive within {@link acquireLimitMs}. */
export async function acquireWithin(token: TokenHandle, clock: Clock): Promise<Result<AccessToken, TokenError>> {
  try {
    return await withTimeout(acquireLimitMs, clock, (signal) => token.get({ signal }));
  } catch (cause) {
    if (!(cause instanceof TimeLimitError)) throw cause;
    return Err(new TokenUnavailableError(`no answer within ${acquireLimitMs / 1_000} s`));
  }
}
