import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { redirectUri } from './oauth-client.ts';

/** A certified OpenID provider on loopback. */
export interface OidcProvider extends AsyncDisposable {
  readonly issuerUrl: string;
  readonly fetch: typeof globalThis.fetch;
}

const client = {
  client_id: 'test-client',
  client_secret: 'test-client-secret',
  token_endpoint_auth_method: 'client_secret_post',
  redirect_uris: [redirectUri],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
} as const;

const configuration: Configuration = {
  clients: [{ ...client, redirect_uris: [redirectUri], grant_types: [...client.grant_types] }],
  scopes: ['openid', 'orders.read'],
  pkce: { required: () => true },
  issueRefreshToken: async () => true,
  rotateRefreshToken: true,
  features: {
    deviceFlow: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: true },
  },
};

/** Starts it with the test client, the scopes `openid` and `orders.read`, and strict rotation. */
export async function startOidcProvider(): Promise<OidcProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuerUrl = `http://127.0.0.1:${port}`;
  const answer = new Provider(issuerUrl, configuration).callback();
  server.on('request', (request, response) => void answer(request, response));
  return {
    issuerUrl,
    fetch: globalThis.fetch,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
