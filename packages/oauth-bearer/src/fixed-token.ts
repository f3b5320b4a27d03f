import { systemClock } from '@bearings/client';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { AccessToken } from './access-token.ts';
import { TokenClosedError, TokenConfigError } from './errors.ts';
import type { TokenError } from './errors.ts';
import { SecretString } from './secret-string.ts';
import { TokenListeners } from './token-events.ts';
import type { TokenHandle } from './token-handle.ts';

/**
 * A token that somebody else looks after: never renewed, never rotated. A 401 goes to the caller.
 *
 * @throws TokenConfigError when it cannot be a token
 */
export function fixedToken(secret: string | SecretString): TokenHandle {
  const value = secret instanceof SecretString ? secret.expose() : secret;
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new TokenConfigError('secret', 'must be visible ASCII characters, at least one');
  const access = new AccessToken({ value, lifetimeMs: Infinity, scopes: [] }, 0, 1);
  let answer: Result<AccessToken, TokenError> = Ok(access);
  const listeners = new TokenListeners();
  const close = async (): Promise<void> => {
    if (answer.isErr()) return;
    answer = Err(new TokenClosedError());
    listeners.tell({ type: 'closed', at: systemClock.now() });
  };
  return {
    read: () => answer,
    get: async () => answer,
    invalidate: async () => answer,
    status: () => ({
      state: answer.isOk() ? 'fresh' : 'closed',
      generation: 1,
      issuedAt: undefined,
      expiresAt: undefined,
      renewsAt: undefined,
      validForMs: answer.isOk() ? Infinity : 0,
      scopes: [],
      failure: undefined,
    }),
    subscribe: (listener) => listeners.add(listener),
    close,
    [Symbol.asyncDispose]: close,
  };
}
