import { discoverResource, DiscoveryConfigError } from '@bearings/oidc-discovery';
import type { DiscoveryError, DiscoveryOptions } from '@bearings/oidc-discovery';
import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import type { Provider } from './provider.ts';

/** Options of `mcpProvider`. */
export interface McpProviderOptions extends Omit<DiscoveryOptions, 'maxAgeMs'> {
  /** Which of the server's issuers to use. Default: the first. */
  readonly issuerUrl?: string;
}

/** A provider that was found, and the scopes that the server knows. */
export interface McpProvider extends Provider {
  readonly issuerUrl: string;
  readonly resource: string;
  readonly scopes: readonly string[];
}

/**
 * Finds the provider of an MCP server: its protected resource metadata (RFC 9728) name the issuer, whose own metadata
 * (RFC 8414) are found later, and the `resource` that every request names (RFC 8707).
 *
 * Register the client there, or use the URL of a client ID metadata document as `clientId`.
 *
 * @param serverUrl - such as `https://mcp.example/mcp`
 */
export async function mcpProvider(
  serverUrl: string,
  { issuerUrl, ...options }: McpProviderOptions = {},
): Promise<Result<McpProvider, DiscoveryError>> {
  const found = await discoverResource(serverUrl, options);
  if (found.isErr()) return found;
  const { resource, authorization_servers: issuers, scopes_supported: scopes = [] } = found.value;
  const chosen = issuerUrl ?? issuers[0];
  if (!issuers.includes(chosen)) {
    return Err(
      new DiscoveryConfigError(
        'issuerUrl',
        `issuerUrl must be one of those that the server names: ${issuers.join(', ').slice(0, 300)}`,
      ),
    );
  }
  return Ok({ issuerUrl: chosen, resource, scopes });
}
