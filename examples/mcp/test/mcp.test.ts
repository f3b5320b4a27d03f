import { isBearingsError, orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { fakeIssuer } from '@bearings/testing';
import type { FakeIssuer, LoggedRequest } from '@bearings/testing';
import { expect, onTestFinished, test } from 'vitest';
import { findBrokenPromises } from '../src/broken-promises.ts';
import { connectMcp } from '../src/connect-mcp.ts';
import { createMachineToken } from '../src/machine.ts';
import { startNotesServer } from '../src/mcp-server.ts';
import type { NotesServer } from '../src/mcp-server.ts';
import { createUserTokens, openLink } from '../src/people.ts';

const registration = { clientId: 'agent', clientSecret: 'a client secret' };

async function startServers(): Promise<{ readonly issuer: FakeIssuer; readonly server: NotesServer }> {
  const issuer = fakeIssuer({ clients: [registration] });
  await issuer.listen();
  const server = await startNotesServer(issuer.issuerUrl);
  onTestFinished(async () => {
    await Promise.all([server.close(), issuer.close()]);
  });
  return { issuer, server };
}

test('a machine finds the issuer by the metadata of the MCP server, and asks for a token for this server', async () => {
  const { issuer, server } = await startServers();
  const token = await createMachineToken(server.url, registration);
  const client = await connectMcp(server.url, token);

  const answer = await client.callTool({ name: 'list_notes' });

  const [request] = issuer.requests.filter(({ endpoint }) => endpoint === 'token');
  expect([request?.params('grant_type'), request?.params('resource')]).toEqual([['client_credentials'], [server.url]]);
  expect(answer.content).toEqual([{ type: 'text', text: '{"owner":"agent","notes":["buy milk"]}' }]);
  await client.close();
  await token.close();
});

test('a token for another resource is refused, and replaced once', async () => {
  const { issuer, server } = await startServers();
  const resource = 'https://other.example/mcp';
  const token = await orThrow(Token.create({ ...issuer.credentials, resource, scopes: ['notes'] }));

  await expect(connectMcp(server.url, token)).rejects.toThrow();

  expect([issuer.counts.token, server.seen.toolCalls]).toEqual([2, 0]);
  await token.close();
});

test('a user consents to access to this MCP server, and both requests name it', async () => {
  const { issuer, server } = await startServers();
  const users = await createUserTokens(server.url, registration);
  const purpose = { user: 'alice', connection: 'notes', returnTo: '/chat' };
  const access = await orThrow(users.authorize(purpose));
  if (access.status !== 'pending') throw new Error('alice has not consented');
  await openLink(access.url, 'alice', users);
  const client = await connectMcp(server.url, users.for(purpose));

  const answer = await client.callTool({ name: 'list_notes' });

  const sent = (request: LoggedRequest): readonly string[] =>
    request.endpoint === 'token' ? request.params('resource') : new URL(request.url).searchParams.getAll('resource');
  const resources = issuer.requests.filter(({ endpoint }) => /^(authorization|token)$/.test(endpoint)).map(sent);
  expect(resources).toEqual([[server.url], [server.url]]);
  expect(answer.content).toEqual([{ type: 'text', text: '{"owner":"alice","notes":["buy milk"]}' }]);
  await client.close();
  await users.close();
});

test('a user without consent has no connection, and the reason is that consent is needed', async () => {
  const { server } = await startServers();
  const users = await createUserTokens(server.url, registration);
  const failed: unknown = await connectMcp(server.url, users.for({ user: 'alice', connection: 'notes' })).catch(
    (cause: unknown) => cause,
  );

  const causes = [failed, failed instanceof Error ? failed.cause : undefined];
  expect(causes.some((cause) => isBearingsError(cause, 'REAUTHORIZATION_REQUIRED'))).toBe(true);
  await users.close();
});

test('every count of the demo has a promise', () => {
  const kept = { toolCalls: 120, tokenRequests: 5, refreshes: 1, doubleRefreshes: 0, pending: 2 };

  expect(findBrokenPromises({ ...kept, wrongUser: 0, failed: 0 })).toEqual([]);
  expect(findBrokenPromises({ ...kept, wrongUser: 1, failed: 1 })).toHaveLength(2);
  expect(
    findBrokenPromises({ ...kept, toolCalls: 121, tokenRequests: 6, refreshes: 2, wrongUser: 0, failed: 0 }),
  ).toHaveLength(3);
});
