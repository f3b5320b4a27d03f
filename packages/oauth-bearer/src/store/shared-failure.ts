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
  const isHttp = error instanceof TokenHttpError;
  const { endpoint = '', status = 0, oauthError } = isHttp ? shownFacts(error) : {};
  const leftMs = isHttp ? Math.min(error.retryAfterMs ?? serverFailureMs, longestMs) : otherFailureMs;
  if (leftMs <= 0) return undefined;
  return { sealed: await seal.sealText({ endpoint, status, oauthError }, [key, 'failure']), leftMs };
}

interface HttpFacts {
  readonly endpoint?: string;
  readonly status?: number;
  readonly oauthError?: string | undefined;
}

function shownFacts({ message, status, oauthError }: TokenHttpError): HttpFacts {
  return { endpoint: message.split(' answered ')[0] ?? '', status, oauthError };
}

/** The failure of another replica, as an error of this one. */
export function toSharedError(content: unknown, leftMs: number): TokenError {
  const { endpoint, status, oauthError } = isFacts(content) ? content : {};
  if (typeof status === 'number' && status > 0 && typeof endpoint === 'string') {
    const details = {
      endpoint,
      status,
      oauthError: typeof oauthError === 'string' ? oauthError : undefined,
      retryAfterMs: leftMs,
    };
    return new TokenHttpError(details, { kind: 'transient' });
  }
  const message = `The token request of another replica has failed; the next is due in ${Math.ceil(leftMs)} ms`;
  return new TokenUnavailableError(message);
}

const isFacts = (content: unknown): content is Partial<Record<keyof HttpFacts, unknown>> =>
  typeof content === 'object' && content !== null;
