import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { Provider } from 'oidc-provider';
import type { Adapter, AdapterPayload, Configuration, JWK } from 'oidc-provider';
import { listenOnLoopback } from './loopback-server.ts';

/** Issues tokens. */
export interface IdentityProvider {
  readonly tokenUrl: string;
  /** The number of token requests. */
  readonly tokenRequests: number;
  /** True for an issued token that is not expired and not revoked. */
  readonly isValid: (token: string) => boolean;
  /** Revokes every token. */
  revokeAll(): void;
  /** Replaces the provider by a listener; `undefined` restores it. */
  replaceBy(listener: RequestListener | undefined): void;
  close(): Promise<void>;
}

/** The client that is registered. */
export interface Registration {
  readonly clientId: string;
  /** Without one, the client is a public client. */
  readonly clientSecret?: string | undefined;
  readonly scope: string;
  readonly tokenLifetimeS: number;
}

/** Starts `oidc-provider`, a certified one, with one client for the client credentials grant and opaque tokens. */
export async function startIdentityProvider(registration: Registration): Promise<IdentityProvider> {
  const server = await listenOnLoopback();
  const stored = new Map<string, AdapterPayload>();
  const answer = new Provider(server.origin, configure(registration, stored)).callback();
  let substitute: RequestListener | undefined;
  let tokenRequests = 0;
  server.answerWith((request, response) => {
    if (request.url === '/token') tokenRequests += 1;
    if (substitute === undefined) void answer(request, response);
    else substitute(request, response);
  });
  return {
    tokenUrl: `${server.origin}/token`,
    get tokenRequests() {
      return tokenRequests;
    },
    isValid: (token) => (stored.get(token)?.exp ?? 0) * 1_000 > Date.now(),
    revokeAll: () => stored.clear(),
    replaceBy(listener) {
      substitute = listener;
    },
    close: () => server.close(),
  };
}

/** Sets keys and adapter, and turns development pages off, so that the provider prints no warnings. */
function configure(registration: Registration, stored: Map<string, AdapterPayload>): Configuration {
  const { clientId, clientSecret, scope, tokenLifetimeS } = registration;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ format: 'jwk' });
  return {
    adapter: () => createAdapter(stored),
    clients: [
      {
        client_id: clientId,
        ...(clientSecret !== undefined && { client_secret: clientSecret }),
        token_endpoint_auth_method: clientSecret === undefined ? 'none' : 'client_secret_basic',
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
        scope,
      },
    ],
    scopes: [scope, 'shop.write'], // the client is not allowed the second
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [{ ...key, kty: 'EC', alg: 'ES256', use: 'sig' } satisfies JWK] },
    ttl: { ClientCredentials: tokenLifetimeS },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
  };
}

const nothing = async (): Promise<undefined> => undefined;

/** Stores tokens only; there are no sessions or grants. */
function createAdapter(stored: Map<string, AdapterPayload>): Adapter {
  return {
    upsert: async (id, payload) => void stored.set(id, payload),
    find: async (id) => stored.get(id),
    destroy: async (id) => void stored.delete(id),
    findByUserCode: nothing,
    findByUid: nothing,
    consume: nothing,
    revokeByGrantId: nothing,
  };
}
