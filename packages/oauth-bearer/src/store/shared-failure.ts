import { TokenHttpError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { EntrySeal } from './token-seal.ts';
import type { StoreRelease } from './token-store.ts';

/** How long other replicas do not send the request that has failed, when the server does not say. */
const serverFailureMs = 5_000;
const otherFailureMs = 1_000;
const longestMs = 300_000;

/**
 * A failure as the other replicas get it; `undefined` for one that may be this replica's own, such as a wrong secret.
 * Its text is not passed on.
 */
export async function sealFailure(seal: EntrySeal, key: string, error: TokenError): Promise<StoreRelease['failure']> {
  if (error.kind !== 'transient') return undefined;
  const { status, oauthError, retryAfterMs } = error instanceof TokenHttpError ? error : noFacts;
  const leftMs = status !== undefined ? Math.min(retryAfterMs ?? serverFailureMs, longestMs) : otherFailureMs;
  if (leftMs <= 0) return undefined;
  return { sealed: await seal.sealText({ status, oauthError }, [key, 'failure']), leftMs };
}

interface HttpFacts {
  readonly status?: number | undefined;
  readonly oauthError?: string | undefined;
  readonly retryAfterMs?: number | undefined;
}

const noFacts: HttpFacts = {};

/** The failure of another replica, as an error of this one. */
export function toSharedError(content: unknown, endpoint: string, leftMs: number): TokenError {
  const { status, oauthError } = isFacts(content) ? content : noFacts;
  if (typeof status === 'number') {
    const code = typeof oauthError === 'string' ? oauthError : undefined;
    const details = { endpoint, status, oauthError: code, retryAfterMs: leftMs };
    return new TokenHttpError(details, { kind: 'transient' });
  }
  const next = `the next is due in ${Math.ceil(leftMs)} ms`;
  return new TokenUnavailableError(`the token request of another replica to ${endpoint} has failed; ${next}`);
}

const isFacts = (content: unknown): content is Partial<Record<keyof HttpFacts, unknown>> =>
  typeof content === 'object' && content !== null;
