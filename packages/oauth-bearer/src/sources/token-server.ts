import { discover } from '@bearings/oidc-discovery';
import type { DiscoveryError, ServerMetadata } from '@bearings/oidc-discovery';
import { InvalidTokenResponseError, TokenConfigError, TokenHttpError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { dpopAlgorithms } from './require-dpop.ts';
import { withMtlsEndpoints } from './mtls-endpoints.ts';
import type { TokenSettings } from '../token/token-config.ts';

/** The authorization server, as far as a token request needs it. */
export interface TokenServer {
  readonly issuer: string;
  readonly tokenEndpoint: string;
  readonly authMethods: readonly string[] | undefined;
  /** Absent when the token endpoint is configured. */
  readonly metadata?: ServerMetadata;
}

/**
 * Finds the token endpoint of the config.
 *
 * @param maxAgeMs - a document that was discovered longer ago is requested again
 * @throws TokenError
 */
export async function findServer(settings: TokenSettings, maxAgeMs?: number): Promise<TokenServer> {
  const { server, insecureHttp, fetch, network, certificate, clock, random } = settings;
  if ('tokenEndpoint' in server) {
    const { tokenEndpoint } = server;
    return { issuer: tokenEndpoint, tokenEndpoint, authMethods: undefined };
  }
  const { issuerUrl, metadataUrl } = server;
  const found = await discover(issuerUrl, {
    insecureHttp,
    clock,
    random,
    network,
    ...(fetch !== undefined && { fetch }),
    ...(metadataUrl !== undefined && { metadataUrl }),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
  });
  if (found.isErr()) throw fromDiscovery(found.error);
  const metadata = certificate === undefined ? found.value : withMtlsEndpoints(found.value, certificate);
  const { issuer, token_endpoint: tokenEndpoint, token_endpoint_auth_methods_supported: authMethods } = metadata;
  return { issuer, tokenEndpoint, authMethods, metadata };
}

/** True for two answers of discovery that lead to the same token request. */
export function isSameServer(one: TokenServer, other: TokenServer): boolean {
  const facts = (server: TokenServer): string =>
    JSON.stringify([server.tokenEndpoint, server.authMethods, dpopAlgorithms(server)]);
  return facts(one) === facts(other);
}

const noMetadata =
  'Correct issuerUrl, or set metadataUrl; for a server without metadata, set tokenEndpoint in its place';

function fromDiscovery(error: DiscoveryError): TokenError {
  switch (error.code) {
    case 'DISCOVERY_HTTP':
      return new TokenHttpError(
        { endpoint: error.tried.join(' and '), status: error.status, remedy: error.retryable ? undefined : noMetadata },
        { cause: error },
      );
    case 'INVALID_METADATA':
    case 'ISSUER_MISMATCH':
      return new InvalidTokenResponseError(error.message, { cause: error });
    case 'DISCOVERY_CONFIG':
      return new TokenConfigError(error.field, 'is not usable', error);
    case 'DISCOVERY_UNAVAILABLE':
      break;
  }
  return new TokenUnavailableError(error.message, { cause: error });
}
