import {
  createMcpHandler,
  getOAuthProtectedResourceMetadataUrl,
  McpServer,
  oauthMetadataResponse,
  requireBearerAuth,
} from '@modelcontextprotocol/server';
import type { AuthInfo } from '@modelcontextprotocol/server';
import { startFetchServer } from './fetch-server.ts';
import { createTokenVerifier } from './token-verifier.ts';

/** An MCP server that requires tokens, and what it saw. */
export interface NotesServer {
  /** The URL of the MCP endpoint, which is also the identifier of the resource (RFC 8707). */
  readonly url: string;
  readonly seen: { readonly metadata: number; readonly toolCalls: number; readonly rejected: number };
  /** Ends the tokens that it has accepted for a subject. */
  revokeTokens(subject: string): void;
  close(): Promise<void>;
}

/** Starts the server. It publishes the metadata of its resource (RFC 9728), and its 401 name them. */
export async function startNotesServer(issuerUrl: string): Promise<NotesServer> {
  const server = await startFetchServer();
  const url = new URL('/mcp', server.origin);
  const seen = { metadata: 0, toolCalls: 0, rejected: 0 };
  const verifier = await createTokenVerifier({ issuerUrl, resource: url.href });
  const authenticate = requireBearerAuth({
    verifier,
    requiredScopes: ['notes'],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(url),
  });
  const mcp = createMcpHandler(({ authInfo }) => createNotes(authInfo, () => void (seen.toolCalls += 1)));
  const metadata = {
    oauthMetadata: verifier.issuerMetadata,
    resourceServerUrl: url,
    scopesSupported: ['notes'],
    dangerouslyAllowInsecureIssuerUrl: true, // the issuer of the example has no https
  };

  server.answerWith(async (request) => {
    const document = oauthMetadataResponse(request, metadata);
    if (document !== undefined) {
      seen.metadata += 1;
      return document;
    }
    const authInfo = await authenticate(request);
    if (authInfo instanceof Response) {
      seen.rejected += 1;
      return authInfo;
    }
    return mcp.fetch(request, { authInfo });
  });
  return { url: url.href, seen, revokeTokens: (subject) => verifier.revoke(subject), close: () => server.close() };
}

/** The tools, for the subject of one request. */
function createNotes(authInfo: AuthInfo | undefined, onCall: () => void): McpServer {
  const notes = new McpServer({ name: 'notes', version: '1.0.0' });
  notes.registerTool('list_notes', { description: 'The notes of the caller' }, async () => {
    onCall();
    const text = JSON.stringify({ owner: authInfo?.extra?.['subject'], notes: ['buy milk'] });
    return { content: [{ type: 'text', text }] };
  });
  return notes;
}
