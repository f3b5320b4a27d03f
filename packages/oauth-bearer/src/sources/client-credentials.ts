import { isClientError } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { discover } from '@bearings/oidc-discovery';
import type { DiscoveryError } from '@bearings/oidc-discovery';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { IssuedToken } from '../access-token.ts';
import { clientAuthMethod, proofsOf } from '../client-auth/client-auth.ts';
import type { Proof } from '../client-auth/client-auth.ts';
import {
  InvalidTokenResponseError,
  isTokenError,
  TokenConfigError,
  TokenHttpError,
  TokenUnavailableError,
} from '../errors.ts';
import type { TokenError } from '../errors.ts';
import type { TokenSettings } from '../token/token-config.ts';
import { requestToken } from './token-request.ts';
import type { Server, TokenRequest } from './token-request.ts';

/** How a source is asked. */
export interface Question {
  readonly signal: AbortSignal;
  /** True for a question that only tries whether a failing server is back: it costs the server one request. */
  readonly isProbe: boolean;
}

/** Anything that can issue a token. Answers, and never throws. */
export type TokenSource = (question: Question) => Promise<Result<IssuedToken, TokenError>>;

/**
 * Issues tokens by the client credentials grant (RFC 6749 §4.4).
 *
 * The server is discovered at the first request that succeeds in it, and never again. Secret and key are asked for
 * each time.
 */
export function clientCredentials(settings: TokenSettings): TokenSource {
  let known: Server | undefined;
  return async (question) => {
    try {
      known ??= await findServer(settings);
      return Ok(await issue(known, settings, question));
    } catch (cause) {
      return Err(asTokenError(cause));
    }
  };
}

/** @throws TokenError */
async function findServer({ server, insecureHttp, fetch, clock, random }: TokenSettings): Promise<Server> {
  if ('tokenEndpoint' in server) {
    return { issuer: server.tokenEndpoint, tokenEndpoint: server.tokenEndpoint, authMethods: undefined };
  }
  const network = fetch === undefined ? {} : { fetch };
  const found = await discover(server.issuerUrl, { insecureHttp, clock, random, ...network });
  if (found.isErr()) throw fromDiscovery(found.error);
  const { issuer, token_endpoint: tokenEndpoint, token_endpoint_auth_methods_supported: authMethods } = found.value;
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

/**
 * Asks with the current secret. When the server does not know it: with the previous one, or else with the one that has
 * taken its place meanwhile, as when its file is changed at that moment.
 */
async function issue(server: Server, settings: TokenSettings, question: Question): Promise<IssuedToken> {
  const { credential, clientId, clock } = settings;
  const method = clientAuthMethod(credential.methods, server.authMethods);
  const prove = (): Promise<readonly Proof[]> =>
    proofsOf(method, credential, { clientId, issuer: server.issuer, clock });
  const [first, second] = await prove();
  if (first === undefined) throw new TokenConfigError('clientSecret', `is missing: ${method} needs it`);
  const asked: TokenRequest = { settings, proof: first, ...question };
  try {
    return await requestToken(server, asked);
  } catch (cause) {
    if (!isTokenError(cause, 'HTTP') || cause.oauthError !== 'invalid_client') throw cause;
    const proof = second ?? (await another(first, prove));
    if (proof === undefined) throw cause;
    return requestToken(server, { ...asked, proof });
  }
}

/** A proof by another secret than the last; `undefined` when there is none, or none can be had. */
async function another(last: Proof, prove: () => Promise<readonly Proof[]>): Promise<Proof | undefined> {
  try {
    const [proof] = await prove();
    return proof?.hidden.every((each) => last.hidden.includes(each)) === true ? undefined : proof;
  } catch {
    return undefined; // what the server said of the last one says more
  }
}

/** What is not ours may quote what was sent, so it is not kept. */
function asTokenError(cause: unknown): TokenError {
  if (isTokenError(cause)) return cause;
  const known = cause instanceof BearingsError ? cause : undefined;
  if (isClientError(known, 'BODY_TOO_LARGE')) return new InvalidTokenResponseError(known.message, { cause: known });
  return new TokenUnavailableError(known?.message ?? 'The token request could not be made', known);
}
