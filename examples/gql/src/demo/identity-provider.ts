import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Provider } from 'oidc-provider';
import type { Adapter, AdapterPayload, Configuration, JWK } from 'oidc-provider';
import { listenOnLoopback } from './loopback-server.ts';

/** Issues tokens. */
export interface IdentityProvider {
  readonly issuerUrl: string;
  /** The scopes of an issued token; `undefined` for an unknown or expired one. */
  readonly findScopes: (token: string) => readonly string[] | undefined;
  close(): Promise<void>;
}

/** The client that is registered. */
export interface Registration {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Its allowed scopes, separated by spaces. */
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
    findScopes(token) {
      const { exp = 0, scope = '' } = stored.get(token) ?? {};
      return exp * 1_000 > Date.now() ? scope.split(' ') : undefined;
    },
    close: () => server.close(),
  };
}

/** Sets keys and adapter, and turns development pages off, so that the provider prints no warnings. */
function configure(registration: Registration, stored: Map<string, AdapterPayload>): Configuration {
  const { clientId, clientSecret, scope } = registration;
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ format: 'jwk' });
  return {
    adapter: () => createAdapter(stored),
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
