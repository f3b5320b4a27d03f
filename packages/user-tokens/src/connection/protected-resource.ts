import { TokenUnavailableError } from '@bearings/oauth-bearer';
import type { TokenError } from '@bearings/oauth-bearer';
import { InvalidTokenResponseError } from '@bearings/oauth-bearer/source';
import { discoverResource } from '@bearings/oidc-discovery';
import type { DiscoveryError, DiscoveryOptions } from '@bearings/oidc-discovery';
import type { Result } from 'ts-results';

/** What the metadata of a protected resource, such as an MCP server, say (RFC 9728 §2). */
export interface ProtectedResource {
  /** Its identifier: what tokens for it are requested with (RFC 8707 §2). */
  readonly resource: string;
  /** The first of its authorization servers. */
  readonly issuer: string;
}

/** Finds the authorization server of a protected resource by its metadata. */
export async function findProtectedResource(
  url: string,
  options: DiscoveryOptions,
): Promise<Result<ProtectedResource, TokenError>> {
  const found = await discoverResource(url, options);
  return found.map(({ resource, authorization_servers: [issuer] }) => ({ resource, issuer })).mapErr(toTokenError);
}

function toTokenError(error: DiscoveryError): TokenError {
  const isUnavailable = error.code === 'DISCOVERY_UNAVAILABLE' || (error.code === 'DISCOVERY_HTTP' && error.retryable);
  return isUnavailable
    ? new TokenUnavailableError(error.message, { cause: error })
    : new InvalidTokenResponseError(error.message, { cause: error });
}
