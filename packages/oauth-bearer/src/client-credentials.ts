import { createClient, isClientError, profiles, retryAfterMs } from '@bearings/client';
import type { Fetch } from '@bearings/client';
import { BearingsError, isBearingsError } from '@bearings/client/errors';
import { discover } from '@bearings/oidc-discovery';
import type { DiscoveryError, ServerMetadata } from '@bearings/oidc-discovery';
import { allowInsecureRequests, clientCredentialsGrantRequest, customFetch } from 'oauth4webapi';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { IssuedToken } from './access-token.ts';
import { clientAuth, clientAuthMethod } from './client-auth.ts';
import {
  InvalidTokenResponseError,
  isTokenError,
  TokenConfigError,
  TokenHttpError,
  TokenUnavailableError,
} from './errors.ts';
import type { TokenError } from './errors.ts';
import type { TokenSettings } from './token-config.ts';
import { readTokenResponse } from './token-response.ts';

/** Anything that can issue a token. Answers, and never throws. */
export type TokenSource = (signal: AbortSignal) => Promise<Result<IssuedToken, TokenError>>;

/** What the request needs to know of the server. */
interface Server {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly authMethods: readonly string[] | undefined;
}

/**
 * Issues tokens by the client credentials grant (RFC 6749 §4.4).
 *
 * The server is discovered at the first request that succeeds in it, and never again. The token request goes through
 * a client of its own, so retries and limits are the core's, and no auth layer ever sees it.
 */
export function clientCredentials(settings: TokenSettings): TokenSource {
  const http = tokenEndpointClient(settings);
  let known: Server | undefined;
  return async (signal) => {
    try {
      known ??= await findServer(settings);
      return Ok(await request(known, { settings, fetch: http, signal }));
    } catch (cause) {
      return Err(asTokenError(cause));
    }
  };
}

function tokenEndpointClient({ fetch, clock, random, insecureHttp, acquireTimeoutMs }: TokenSettings): Fetch {
  const network = fetch === undefined ? {} : { fetch };
  const client = createClient({
    ...profiles.tokenEndpoint,
    ...network,
    clock,
    random,
    insecureHttp,
    totalTimeout: acquireTimeoutMs,
  });
  return client.fetch;
}

/** @throws TokenError */
async function findServer({ server, insecureHttp, fetch, clock, random }: TokenSettings): Promise<Server> {
  if ('tokenEndpoint' in server) {
    return { issuer: server.tokenEndpoint, tokenEndpoint: server.tokenEndpoint, authMethods: undefined };
  }
  const network = fetch === undefined ? {} : { fetch };
  const found = await discover(server.issuerUrl, { insecureHttp, clock, random, ...network });
  if (found.isErr()) throw fromDiscovery(found.error);
  return describe(found.value);
}

function describe(metadata: ServerMetadata): Server {
  const { issuer, token_endpoint: tokenEndpoint, token_endpoint_auth_methods_supported: authMethods } = metadata;
  return { issuer, tokenEndpoint, authMethods };
}

function fromDiscovery(error: DiscoveryError): TokenError {
  switch (error.code) {
    case 'HTTP':
      return new TokenHttpError({ endpoint: error.tried.join(' and '), status: error.status }, error);
    case 'INVALID_RESPONSE':
    case 'ISSUER_MISMATCH':
      return new InvalidTokenResponseError(error.message, { cause: error });
    case 'CONFIG':
      return new TokenConfigError('issuerUrl', 'is not usable', error);
    case 'UNAVAILABLE':
      break;
  }
  return new TokenUnavailableError(error.message, error);
}

interface Errand {
  readonly settings: TokenSettings;
  readonly fetch: Fetch;
  readonly signal: AbortSignal;
}

async function request(server: Server, { settings, fetch, signal }: Errand): Promise<IssuedToken> {
  const method = clientAuthMethod(settings.clientAuth, server.authMethods);
  const response = await clientCredentialsGrantRequest(
    { issuer: server.issuer, token_endpoint: server.tokenEndpoint },
    { client_id: settings.clientId },
    clientAuth(method, settings.clientSecret),
    new URLSearchParams([...settings.params]),
    {
      headers: { 'user-agent': 'bearings', ...settings.headers },
      signal,
      // whether http is allowed is decided by the config and the client's guard, not a third time
      [allowInsecureRequests]: true,
      [customFetch]: (url, { method: verb, headers, body }) =>
        fetch(url, { method: verb, headers, body, signal, redirect: 'manual', cache: 'no-store', credentials: 'omit' }),
    },
  );
  const endpoint = server.tokenEndpoint.split('?')[0] ?? server.tokenEndpoint;
  const text = await readText(response, endpoint);
  const asked = { endpoint, settings, retryAfterMs: retryAfterMs(response.headers, settings.clock.now()) };
  return readTokenResponse(response, text, asked);
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

/** What is not ours may quote what was sent, so it is not kept. */
function asTokenError(cause: unknown): TokenError {
  if (isTokenError(cause)) return cause;
  const known = cause instanceof BearingsError ? cause : undefined;
  if (isClientError(known, 'BODY_TOO_LARGE')) return new InvalidTokenResponseError(known.message, { cause: known });
  return new TokenUnavailableError(known?.message ?? 'The token request could not be made', known);
}
