import { createClient, isClientError, profiles } from '@bearings/client';
import { retryAfterMs } from '@bearings/client/layer';
import type { Fetch } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import { allowInsecureRequests, clientCredentialsGrantRequest, customFetch } from 'oauth4webapi';
import type { IssuedToken } from '../access-token.ts';
import type { Proof } from '../client-auth/client-auth.ts';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { readTokenResponse } from './token-response.ts';

/** What a token request needs to know of the server. */
export interface Server {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly authMethods: readonly string[] | undefined;
}

/** One token request, with its retries. */
export interface TokenRequest {
  readonly settings: TokenSettings;
  readonly proof: Proof;
  /** True for a request that only tries whether a failing server is back: it is not repeated. */
  readonly isProbe: boolean;
  readonly signal: AbortSignal;
}

/**
 * Asks for a token by the client credentials grant (RFC 6749 §4.4.2).
 *
 * It goes through a client of its own, so retries and limits are the core's and no auth layer ever sees it.
 *
 * @throws TokenError | ClientError
 */
export async function requestToken(server: Server, asked: TokenRequest): Promise<IssuedToken> {
  const { settings, proof, signal } = asked;
  const fetch = clientFor(asked);
  const response = await clientCredentialsGrantRequest(
    { issuer: server.issuer, token_endpoint: server.tokenEndpoint },
    { client_id: settings.clientId },
    () => {}, // the proof is written into each attempt, further down
    new URLSearchParams([...settings.params]),
    {
      headers: { 'user-agent': 'bearings', ...settings.headers },
      signal,
      // whether http is allowed is decided by the config and the client's guard, not a third time
      [allowInsecureRequests]: true,
      [customFetch]: (url, { method: verb, headers, body }) =>
        fetch(url, { method: verb, headers, body, signal, redirect: 'manual' }),
    },
  );
  const endpoint = server.tokenEndpoint.split('?')[0] ?? server.tokenEndpoint;
  const text = await readText(response, endpoint);
  const retryAfter = retryAfterMs(response.headers, settings.clock.now());
  const issued = readTokenResponse(response, text, {
    endpoint,
    settings,
    hidden: proof.hidden,
    retryAfterMs: retryAfter,
  });
  return proof.secret === undefined ? issued : { ...issued, secret: proof.secret };
}

function clientFor({ settings, proof, isProbe }: TokenRequest): Fetch {
  const { clock, random, insecureHttp, acquireTimeoutMs } = settings;
  const client = createClient({
    ...profiles.tokenEndpoint,
    ...(isProbe && { retry: 0 }),
    fetch: proven(settings.fetch ?? globalThis.fetch, proof),
    clock,
    random,
    insecureHttp,
    timeout: Math.min(profiles.tokenEndpoint.timeout || Infinity, acquireTimeoutMs),
    totalTimeout: acquireTimeoutMs,
  });
  return client.fetch;
}

/** Nothing is followed, kept, sent along or told of where the request came from. */
const alone = {
  redirect: 'manual',
  cache: 'no-store',
  credentials: 'omit',
  referrerPolicy: 'no-referrer',
} as const satisfies RequestInit;

/** The network, with the proof written into every attempt where it leaves: an assertion must not be sent twice. */
function proven(network: typeof globalThis.fetch, { prove }: Proof): typeof globalThis.fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const headers = new Headers(request.headers);
    const params = new URLSearchParams(await request.text());
    await prove({ params, headers });
    return network(request.url, { ...init, ...alone, method: request.method, headers, body: params.toString() });
  };
}

async function readText(response: Response, endpoint: string): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    if (isClientError(cause, 'BODY_TOO_LARGE')) {
      throw new InvalidTokenResponseError(`The answer of ${endpoint} is larger than ${cause.limitBytes} bytes`);
    }
    if (isBearingsError(cause)) throw cause;
    throw new TokenUnavailableError(`The answer of ${endpoint} broke off`);
  }
}
