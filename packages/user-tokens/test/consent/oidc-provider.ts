import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import type { ClientMetadata, Configuration } from 'oidc-provider';
import { onTestFinished } from 'vitest';
import { base } from './test-app.ts';

/** A certified OpenID provider on loopback, and what its token endpoint received. */
export interface OidcProvider {
  readonly issuerUrl: string;
  readonly tokenRequests: URLSearchParams[];
  /** The DPoP proofs of all requests, in order. */
  readonly proofs: string[];
  readonly fetch: typeof globalThis.fetch;
}

export const credentials = { clientId: 'app', clientSecret: 'a client secret' };

/** What differs from a client with a secret and Bearer tokens. */
export interface OidcProviderOptions {
  readonly client?: Partial<ClientMetadata>;
  readonly features?: Configuration['features'];
}

/** Tokens that are bound to a key, and proofs that need a nonce. */
export const dpopFeature: Configuration['features'] = {
  dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 1), requireNonce: () => true },
};

/** A client without authentication: its refresh tokens are bound as well. */
export const publicClient = { client_secret: undefined, token_endpoint_auth_method: 'none' } as const;

/** Starts it with one client, refresh tokens, and strict rotation. It ends with the test. */
export async function startOidcProvider({ client, features }: OidcProviderOptions = {}): Promise<OidcProvider> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const issuerUrl = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuerUrl, {
    clients: [
      {
        client_id: credentials.clientId,
        client_secret: credentials.clientSecret,
        redirect_uris: [`${base}/callback/mail`],
        grant_types: ['authorization_code', 'refresh_token'],
        ...client,
      },
    ],
    scopes: ['openid', 'offline_access', 'mail.read'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    features: { revocation: { enabled: true }, ...features },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const tokenRequests: URLSearchParams[] = [];
  const proofs: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const proof = request.headers.get('dpop');
    if (proof !== null) proofs.push(proof);
    if (new URL(request.url).pathname === '/token') {
      tokenRequests.push(new URLSearchParams(await request.clone().text()));
    }
    return globalThis.fetch(request);
  };
  return { issuerUrl, tokenRequests, proofs, fetch };
}
