import { untilAborted } from '@bearings/client/layer';
import { DeadlineExceededError } from '@bearings/client/errors';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import type { IssuedToken } from '../access-token.ts';
import type { Question, TokenSource } from '../sources/client-credentials.ts';
import { TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { TokenSettings } from './token-config.ts';

/**
 * Asks a source for a token, within `acquireTimeoutMs`: discovery, secret, request and retries all told.
 *
 * Answers with an error whatever a source does, and as soon as the signal is aborted.
 */
export async function acquire(
  source: TokenSource,
  { signal, isProbe }: Question,
  { clock, acquireTimeoutMs: budgetMs, server }: TokenSettings,
): Promise<Result<IssuedToken, TokenError>> {
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(signal.reason);
  const origin = new URL('issuerUrl' in server ? server.issuerUrl : server.tokenEndpoint).origin;
  const late = (): void =>
    attempt.abort(new DeadlineExceededError({ origin, budgetMs, attempts: 1, phase: 'token', cause: undefined }));
  const cancel = clock.schedule(budgetMs, late, { background: true });
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await untilAborted(source({ signal: attempt.signal, isProbe }), attempt.signal);
  } catch (cause) {
    if (signal.aborted) return Err(new TokenUnavailableError('The acquisition was aborted'));
    if (!(cause instanceof DeadlineExceededError)) {
      return Err(new TokenUnavailableError('The token source failed in an unforeseen way'));
    }
    return Err(new TokenUnavailableError(`No token from ${origin} within ${budgetMs} ms`, cause));
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}
