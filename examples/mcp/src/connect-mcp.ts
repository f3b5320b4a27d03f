import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

/** Connects to an MCP server with a token: the transport's `fetch` is the client's. All that an MCP client needs. */
export async function connectMcp(url: string, token: TokenHandle): Promise<Client> {
  const { origin } = new URL(url);
  const { fetch } = createClient({ baseUrl: origin, bodyTimeout: false }, withBearerAuth(token)); // streams may pause
  const client = new Client({ name: 'bearings-example', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  return client;
}
