import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import type { Adapter, Configuration, ResourceServer } from 'oidc-provider';
import { listenOnLoopback } from './loopback-server.ts';
import type { LoopbackServer } from './loopback-server.ts';

/** Issues tokens, and counts its requests. */
export interface IdentityProvider extends Pick<LoopbackServer, 'goDown' | 'comeBack'> {
  readonly issuerUrl: string;
  readonly jwksUrl: URL;
  readonly discoveryRequests: number;
  readonly tokenRequests: number;
}

/** The registered client, and the resource that its tokens are for. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly resource: string;
  readonly scopes: readonly string[];
  readonly tokenLifetimeS: number;
}

/** Starts `oidc-provider`, a certified one, with one client for the client credentials grant. */
export async function startIdentityProvider(registration: Registration): Promise<IdentityProvider> {
  const server = await listenOnLoopback();
  const answer = new Provider(server.origin, await configure(registration)).callback();
  const seen = { discovery: 0, token: 0 };
  server.answerWith((request, response) => {
    if (request.url?.startsWith('/.well-known/')) seen.discovery += 1;
    if (request.url === '/token') seen.token += 1;
    void answer(request, response);
  });
  return {
    issuerUrl: server.origin,
    jwksUrl: new URL('/jwks', server.origin),
    get discoveryRequests() {
      return seen.discovery;
    },
    get tokenRequests() {
      return seen.token;
    },
    goDown: () => server.goDown(),
    comeBack: () => server.comeBack(),
  };
}

/** Sets keys and adapter, and turns development pages off, so that the provider prints no warnings. */
async function configure({ clientId, clientSecret, ...allowed }: Registration): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    adapter: () => emptyAdapter,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    ttl: { ClientCredentials: allowed.tokenLifetimeS },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => resourceServer(allowed) },
    },
  };
}

/** Issues JWTs, which the API verifies without a call to the provider. */
function resourceServer(allowed: Omit<Registration, 'clientId' | 'clientSecret'>): ResourceServer {
  return {
    audience: allowed.resource,
    scope: allowed.scopes.join(' '),
    accessTokenFormat: 'jwt',
    accessTokenTTL: allowed.tokenLifetimeS,
    jwt: { sign: { alg: 'ES256' } },
  };
}

const nothing = async (): Promise<void> => {};

/** An empty storage: client credentials with JWTs need no sessions or grants. */
const emptyAdapter: Adapter = {
  upsert: nothing,
  find: nothing,
  findByUserCode: nothing,
  findByUid: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
};
