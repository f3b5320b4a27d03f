import { orThrow } from '@bearings/client';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Token } from '@bearings/oauth-bearer';
import { Provider } from 'oidc-provider';
import { expect, test } from 'vitest';

test('a real OpenID provider grants the token', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuerUrl = `http://127.0.0.1:${port}`;
  const client = { client_id: 'billing', client_secret: 'a secret for tests', redirect_uris: [], response_types: [] };
  const provider = new Provider(issuerUrl, {
    clients: [{ ...client, grant_types: ['client_credentials'] }],
    scopes: ['orders.read'],
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  });
  server.on('request', (request, response) => void provider.callback()(request, response));

  const config = { issuerUrl, clientId: client.client_id, clientSecret: client.client_secret };
  await using token = await orThrow(Token.create({ ...config, scopes: ['orders.read'] }));

  expect(token.status()).toMatchObject({ state: 'fresh', scopes: ['orders.read'] });
  server.close();
});
