import type { Clock } from '@bearings/client';
import { TokenUnavailableError } from '@bearings/oauth-bearer';
import type { AccessToken, TokenError, TokenHandle } from '@bearings/oauth-bearer';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';

/** The most that somebody at a terminal waits for a token, in milliseconds. */
export const acquireLimitMs = 10_000;

/** The token of a handle, or why there is none within {@link acquireLimitMs}. */
export async function acquired(token: TokenHandle, clock: Clock): Promise<Result<AccessToken, TokenError>> {
  const patience = new AbortController();
  const cancel = clock.schedule(acquireLimitMs, () => patience.abort());
  try {
    return await token.get({ signal: patience.signal });
  } catch (cause) {
    if (!patience.signal.aborted) throw cause;
    return Err(new TokenUnavailableError(`No answer within ${acquireLimitMs / 1_000} s`));
  } finally {
    cancel();
  }
}
