import { createClient, isClientError, profiles } from '@bearings/client';
import { retryAfterMs } from '@bearings/client/layer';
import type { Client, Clock } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { withClientAuth } from '../client-auth/client-auth-layer.ts';
import type { ClientAuthOptions } from '../client-auth/client-auth-layer.ts';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { RetryClass } from './token-source.ts';

/** The network of a token source. */
export interface TokenClientOptions {
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly insecureHttp: boolean;
  /** Time limit for one request with its retries, in milliseconds. */
  readonly acquireTimeoutMs: number;
  readonly retry: RetryClass;
  readonly clock: Clock;
  readonly random: () => number;
}

/** How often a request is sent again, by the retry class of its grant. */
const retryLimits: Readonly<Record<RetryClass, number>> = { safe: 2, once: 1, never: 0 };

/**
 * The client of a token source: retries, timeouts and limits are those of `profiles.tokenEndpoint`.
 *
 * It has no concurrency limit, because a source has one request in flight, and no retry budget, because the engine's
 * pauses limit the retries.
 */
export function createTokenClient(options: TokenClientOptions, auth: ClientAuthOptions): Client {
  const { fetch = globalThis.fetch, acquireTimeoutMs, retry, clock, random, insecureHttp } = options;
  const { timeout, retry: policy } = profiles.tokenEndpoint;
  return createClient(
    {
      ...profiles.tokenEndpoint,
      clock,
      random,
      insecureHttp,
      fetch: isolated(fetch),
      concurrency: Infinity,
      retry: { ...(typeof policy === 'object' && policy), limit: retryLimits[retry], budget: false },
      timeout: Math.min(timeout || Infinity, acquireTimeoutMs),
      totalTimeout: acquireTimeoutMs,
    },
    withClientAuth(auth),
  );
}

/** No redirect, no cache, no cookies, no referrer. */
const isolatedInit = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

function isolated(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : new Request(input);
    const { url, method, headers } = request;
    return fetch(url, { headers, ...init, ...isolatedInit, method, body: await request.text() });
  };
}

/** One request to a token endpoint (RFC 6749 §3.2). */
export interface TokenRequest {
  readonly endpoint: string;
  /** All parameters but those of client authentication. */
  readonly params: readonly [string, string][];
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** True for a request that is not retried. */
  readonly isProbe: boolean;
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
  const { endpoint, params, headers, signal, isProbe } = request;
  const response = await client.fetch(endpoint, {
    method: 'POST',
    headers: { accept: 'application/json', ...headers },
    body: new URLSearchParams(params),
    signal,
    ...(isProbe && { retry: 0 }),
  });
  const text = await readText(response, endpoint);
  return { status: response.status, headers: response.headers, text, retryAfterMs: retryAfter(response, clock) };
}

const retryAfter = ({ status, headers }: Response, clock: Clock): number | undefined =>
  status === 200 ? undefined : retryAfterMs(headers, clock.now());

/** The endpoint without its query, as errors name it. */
export function shownEndpoint(endpoint: string): string {
  return endpoint.split('?')[0] ?? endpoint;
}

async function readText(response: Response, endpoint: string): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    if (isClientError(cause, 'BODY_TOO_LARGE')) {
      throw new InvalidTokenResponseError(
        `The response of ${shownEndpoint(endpoint)} is larger than ${cause.limitBytes} bytes`,
      );
    }
    if (isBearingsError(cause)) throw cause;
    throw new TokenUnavailableError(`The response of ${shownEndpoint(endpoint)} broke off`);
  }
}
