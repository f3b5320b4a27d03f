import { untilAborted } from '@bearings/client/layer';
import type { Clock } from '@bearings/client';
import { DeadlineExceededError } from '@bearings/client/errors';
import { Err } from 'ts-results';
import type { Result } from 'ts-results';
import { TokenUnavailableError } from '../errors.ts';
import type { FailureKind, TokenError } from '../errors.ts';
import { checkIssued } from '../sources/check-issued.ts';
import type { AcquireOptions, IssuedToken, TokenSource } from '../sources/token-source.ts';

/** The time limit of one acquisition. */
export interface AcquireLimits {
  readonly acquireTimeoutMs: number;
  readonly clock: Clock;
}

/**
 * Asks a source for a token, within `acquireTimeoutMs`.
 *
 * Answers with an error when the source throws, rejects, hangs or answers with something else, and as soon as the signal
 * is aborted. What is unknown then is whether the request was carried out: the source's retry class decides whether the
 * failure is transient.
 */
export async function acquireWithin(
  source: TokenSource,
  { signal, ...options }: AcquireOptions,
  { clock, acquireTimeoutMs: budgetMs }: AcquireLimits,
): Promise<Result<IssuedToken, TokenError>> {
  const { name: origin = 'the token source', retry = 'safe' } = source;
  const attempt = new AbortController();
  const stop = (): void => attempt.abort(signal.reason);
  const expire = (): void =>
    attempt.abort(
      new DeadlineExceededError({ request: origin, budgetMs, attempts: 1, phase: 'token', cause: undefined }),
    );
  const cancel = clock.schedule(budgetMs, expire, { background: true });
  signal.addEventListener('abort', stop, { once: true });
  const mayRepeat = retry === 'safe' || (retry === 'once' && !options.isProbe);
  const kind: FailureKind = mayRepeat ? 'transient' : 'terminal';
  try {
    const answer = Promise.resolve(source.acquire({ signal: attempt.signal, ...options }));
    return checkIssued(await untilAborted(answer, attempt.signal), { origin, kind });
  } catch (cause) {
    if (signal.aborted) return Err(new TokenUnavailableError('the acquisition was aborted'));
    const isLate = cause instanceof DeadlineExceededError && cause === attempt.signal.reason;
    if (isLate) return Err(new TokenUnavailableError(`${origin} gave none within ${budgetMs} ms`, { cause, kind }));
    return Err(new TokenUnavailableError('the token source failed in an unforeseen way', { kind })); // may quote secrets
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}
