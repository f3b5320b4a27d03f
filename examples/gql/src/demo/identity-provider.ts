import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';
import type { Adapter, AdapterPayload, Configuration, JWK } from 'oidc-provider';
import { listenOnLoopback } from './loopback-server.ts';

/** Who issues tokens. */
export interface IdentityProvider {
  readonly issuerUrl: string;
  /** The scopes of a token that it has issued and that has not ended; `undefined` for any other. */
  readonly scopesOf: (token: string) => readonly string[] | undefined;
  close(): Promise<void>;
}

/** The client that is registered. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  /** What it may ask for, with a space between. */
  readonly scope: string;
}

/** Starts `oidc-provider`, a certified one, with one client for the client credentials grant and opaque tokens. */
export async function startIdentityProvider(registration: Registration): Promise<IdentityProvider> {
  const server = await listenOnLoopback();
  const stored = new Map<string, AdapterPayload>();
  const answer = new Provider(server.origin, configure(registration, stored)).callback();
  server.answerWith((request, response) => void answer(request, response));
  return {
    issuerUrl: server.origin,
    scopesOf(token) {
      const { exp = 0, scope = '' } = stored.get(token) ?? {};
      return exp * 1_000 > Date.now() ? scope.split(' ') : undefined;
    },
    close: () => server.close(),
  };
}

/** Own keys, an own adapter and no development pages: nothing of the provider's quick start, so it warns of nothing. */
function configure(registration: Registration, stored: Map<string, AdapterPayload>): Configuration {
  const { clientId, clientSecret, scope } = registration;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ format: 'jwk' });
  return {
    adapter: () => adapterOf(stored),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
        scope,
      },
    ],
    scopes: scope.split(' '),
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [{ ...key, kty: 'EC', alg: 'ES256', use: 'sig' } satisfies JWK] },
    ttl: { ClientCredentials: 600 },
    features: { devInteractions: { enabled: false }, clientCredentials: { enabled: true } },
  };
}

const nothing = async (): Promise<undefined> => undefined;

/** Keeps tokens, and nothing else: sessions and grants there are none. */
function adapterOf(stored: Map<string, AdapterPayload>): Adapter {
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
