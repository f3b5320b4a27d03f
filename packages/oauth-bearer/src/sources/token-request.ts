import { createClient, profiles } from '@bearings/client';
import { retryAfterMs } from '@bearings/client/layer';
import type { Client, Clock, Layer, RetryOptions } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { withClientAuth } from '../client-auth/client-auth-layer.ts';
import type { ClientAuthOptions } from '../client-auth/client-auth-layer.ts';
import type { DpopKey } from '../dpop/dpop-key.ts';
import { withTokenRequestProof } from '../dpop/token-request-proof.ts';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { RetryClass } from './token-source.ts';

/** The network of a token source. */
export interface TokenClientOptions {
  readonly fetch: typeof globalThis.fetch | undefined;
  /** In place of `fetch`. */
  readonly network: Layer | undefined;
  readonly insecureHttp: boolean;
  /** The key that signs a request; `undefined` for none. */
  readonly readDpopKey: () => DpopKey | undefined;
  /** Time limit for one request with its retries, in milliseconds. */
  readonly acquireTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Called before the request is sent again. */
  readonly onRetry?: RetryOptions['onRetry'];
}

/** How often a request is sent again, by the retry class of its grant. */
const retryLimits: Readonly<Record<RetryClass, number>> = { safe: 2, once: 1, never: 0 };

/**
 * The client of a token source: retries, timeouts and limits are those of `profiles.tokenEndpoint`.
 *
 * It has no concurrency limit, because it sends one request, and no retry budget, because the engine's
 * pauses limit the retries.
 */
export function createTokenClient(options: TokenClientOptions, auth: ClientAuthOptions): Client {
  const { fetch, network, insecureHttp, acquireTimeoutMs, clock, random, onRetry, readDpopKey } = options;
  const { timeout, retry: policy } = profiles.tokenEndpoint;
  return createClient(
    {
      ...profiles.tokenEndpoint,
      ...(fetch !== undefined && { fetch: byUrl(fetch) }),
      insecureHttp,
      clock,
      random,
      concurrency: Infinity,
      retry: { ...(typeof policy === 'object' && policy), limit: retryLimits.safe, budget: false, onRetry },
      timeout: Math.min(timeout || Infinity, acquireTimeoutMs),
      totalTimeout: acquireTimeoutMs,
    },
    [withTokenRequestProof(readDpopKey), withClientAuth(auth), ...(network === undefined ? [] : [network])],
  );
}

/** The network is called with a URL: that of another copy of undici does not take the platform's Request. */
function byUrl(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return (input, init) => fetch(input instanceof Request ? input.url : input, init);
}

/** One request to a token endpoint (RFC 6749 §3.2). */
export interface TokenRequest {
  readonly url: string;
  /** The URL without its query, as errors name it. */
  readonly endpoint: string;
  /** All parameters but those of client authentication. */
  readonly params: readonly [string, string][];
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly retry: RetryClass;
}

/** The response with its whole body. */
export interface TokenHttpResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The wait that the server asked for with `Retry-After`. */
  readonly retryAfterMs: number | undefined;
}

/**
 * Sends a token request.
 *
 * @throws TokenError | ClientError
 */
export async function sendTokenRequest(
  client: Client,
  request: TokenRequest,
  clock: Clock,
): Promise<TokenHttpResponse> {
  const { url, endpoint, params, headers: own, signal, retry } = request;
  const response = await client.fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json', ...own },
    body: new URLSearchParams(params),
    signal,
    ...(retry !== 'safe' && { retry: retryLimits[retry] }),
  });
  const { status, headers } = response;
  try {
    const text = await response.text();
    return { status, headers, text, retryAfterMs: status === 200 ? undefined : retryAfterMs(headers, clock.now()) };
  } catch (cause) {
    const isTooLarge = isBearingsError(cause, 'BODY_TOO_LARGE');
    if (!isTooLarge || status === 200) throw toReadError(cause, endpoint);
    return { status, headers, text: '', retryAfterMs: retryAfterMs(headers, clock.now()) }; // the status says enough
  }
}

function toReadError(cause: unknown, endpoint: string): unknown {
  if (isBearingsError(cause, 'BODY_TOO_LARGE')) {
    return new InvalidTokenResponseError(`The response of ${endpoint} is larger than ${cause.limitBytes} bytes`);
  }
  return isBearingsError(cause) ? cause : new TokenUnavailableError(`the response of ${endpoint} broke off`);
}
