import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';
import type { Configuration } from 'oidc-provider';
import { answerConsentPage } from './consent-page.ts';
import { listenOnLoopback } from './loopback-server.ts';
import { createMemoryAdapter } from './memory-adapter.ts';
import type { MemoryAdapter } from './memory-adapter.ts';
import { watchTokenRequests } from './token-requests.ts';
import type { TokenRequests } from './token-requests.ts';

/** A real OpenID provider, and what its token endpoint saw. */
export interface NotesProvider {
  readonly issuerUrl: string;
  readonly seen: TokenRequests;
  /** The account of a valid access token. */
  findAccount(accessToken: string): Promise<string | undefined>;
  /** An account withdraws what it has granted. */
  withdraw(account: string): void;
  /** Receives the next token request and does nothing with it: it waits until its client is gone. Resolves when it is there. */
  holdTokenRequest(): Promise<void>;
  close(): Promise<void>;
}

export interface NotesClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly tokenLifetimeS: number;
}

/** Starts `oidc-provider` with strict rotation: a refresh token that is used twice ends all tokens of the user. */
export async function startNotesProvider(client: NotesClient): Promise<NotesProvider> {
  const server = await listenOnLoopback();
  const storage = createMemoryAdapter();
  const provider = new Provider(server.origin, await configure(client, storage));
  const answer = provider.callback();
  const tokenRequests = watchTokenRequests(provider);
  let onHeld: (() => void) | undefined;
  server.answerWith((request, response) => {
    const isHeld = request.url === '/token' && onHeld !== undefined;
    if (isHeld) onHeld?.();
    if (isHeld) onHeld = undefined;
    else if (request.url?.startsWith('/interaction/')) void answerConsentPage(request, response, provider);
    else void answer(request, response);
  });
  return {
    issuerUrl: server.origin,
    seen: tokenRequests.seen,
    async findAccount(accessToken) {
      const found = await provider.AccessToken.find(accessToken);
      return found?.isValid === true ? found.accountId : undefined;
    },
    withdraw(account) {
      tokenRequests.expectRefusals(account);
      storage.withdraw(account);
    },
    holdTokenRequest: () => new Promise((resolve) => void (onHeld = resolve)),
    close: () => server.close(),
  };
}

const lifetimesS = { Grant: 86_400, IdToken: 3_600, Interaction: 600, RefreshToken: 86_400, Session: 3_600 };

/** Sets keys and storage, and turns development pages off, so that the provider prints no warnings. */
async function configure(client: NotesClient, storage: MemoryAdapter): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    adapter: storage.create,
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [client.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    scopes: ['openid', 'offline_access', 'notes'],
    ttl: { ...lifetimesS, AccessToken: client.tokenLifetimeS },
    rotateRefreshToken: true,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
  };
}
