import { combineFetch, fakeApi, fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import { mcpProvider } from '../../src/providers.ts';
import { providerClient } from './provider-client.ts';

const serverUrl = 'https://mcp.test/mcp';

function createServer() {
  const issuer = fakeIssuer();
  const routes = { 'POST /mcp': { scopes: ['files.read'], answer: () => ({}) } };
  const api = fakeApi(issuer, routes, { origin: 'https://mcp.test', resourcePath: '/mcp', audience: serverUrl });
  return { issuer, api, fetch: combineFetch(issuer, api) };
}

test('an MCP server leads to its issuer, its scopes, and the resource that the token is for', async () => {
  const { issuer, api, fetch } = createServer();

  const { scopes, ...provider } = (await mcpProvider(serverUrl, { fetch })).unwrap();
  const token = (await providerClient(provider, issuer).consent(scopes, { resource: provider.resource })).unwrap();
  const called = await api.fetch(serverUrl, { method: 'POST', headers: { authorization: `Bearer ${token.value}` } });

  expect(provider).toEqual({ issuerUrl: issuer.issuerUrl, resource: serverUrl });
  expect([scopes, called.status]).toEqual([['files.read'], 200]);
});

test('an issuer that the server does not name is refused', async () => {
  const { fetch } = createServer();

  const refused = await mcpProvider(serverUrl, { fetch, issuerUrl: 'https://evil.test' });

  expect(refused.unwrapErr()).toMatchObject({ code: 'CONFIG', field: 'issuerUrl' });
});

test('a server without metadata is an error', async () => {
  const api = fakeApi(fakeIssuer(), {}, { origin: 'https://mcp.test' });

  expect((await mcpProvider(serverUrl, { fetch: api.fetch })).unwrapErr()).toMatchObject({ code: 'HTTP' });
});
