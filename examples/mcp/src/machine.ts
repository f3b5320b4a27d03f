import { orThrow } from '@bearings/client';
import { discoverResource } from '@bearings/oidc-discovery';
import { Token } from '@bearings/oauth-bearer';

/** A client that is registered at the authorization server. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The token of a machine for an MCP server: its metadata name the issuer and the resource (RFC 9728, RFC 8707). */
export async function createMachineToken(mcpUrl: string, client: Registration): Promise<Token> {
  const server = await orThrow(discoverResource(mcpUrl));
  const [issuerUrl] = server.authorization_servers;
  return orThrow(Token.create({ ...client, issuerUrl, resource: server.resource, scopes: ['notes'] }));
}
