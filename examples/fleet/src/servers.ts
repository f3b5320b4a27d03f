import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { Provider } from 'oidc-provider';
import type { Adapter, Configuration } from 'oidc-provider';

const resource = 'https://orders.internal';

/** The identity provider and the API, which rejects tokens that are revoked. */
export interface Servers {
  readonly issuerUrl: string;
  readonly ordersUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Counted by the provider when a request arrives. */
  readonly tokenRequests: number;
  /** The time that a token request takes, in milliseconds. */
  delayMs: number;
  /** The lifetime of the next tokens, in seconds. */
  lifetimeS: number;
  /** Every token that has been issued is rejected from now on. */
  revokeAll(): void;
  close(): void;
}

/** Starts `oidc-provider` and the API on this machine. */
export async function startServers(): Promise<Servers> {
  const [provider, api] = [await listen(), await listen()];
  const seen: Seen = { tokenRequests: 0, issued: new Set(), revoked: new Set() };
  const servers: Servers = {
    clientId: 'billing',
    clientSecret: randomBytes(32).toString('base64url'),
    issuerUrl: provider.origin,
    ordersUrl: api.origin,
    delayMs: 200,
    lifetimeS: 300,
    get tokenRequests() {
      return seen.tokenRequests;
    },
    revokeAll: () => {
      seen.revoked = new Set(seen.issued);
    },
    close: () => {
      for (const { server } of [provider, api]) server.close().closeAllConnections();
    },
  };
  await serveTokens(provider, servers, seen);
  serveOrders(api, servers, seen);
  return servers;
}

/** The ids of tokens, and the number of requests for them. */
interface Seen {
  tokenRequests: number;
  readonly issued: Set<string>;
  revoked: ReadonlySet<string>;
}

async function serveTokens(provider: Listening, servers: Servers, seen: Seen): Promise<void> {
  const oidc = new Provider(servers.issuerUrl, await configure(servers));
  oidc.on('client_credentials.issued', ({ jti }) => void seen.issued.add(jti));
  const answer = oidc.callback();
  provider.answerWith(async (request, response) => {
    if (request.url === '/token') {
      seen.tokenRequests += 1;
      await setTimeout(servers.delayMs);
      if (request.destroyed) return; // its process was killed
    }
    await answer(request, response);
  });
}

function serveOrders(api: Listening, { issuerUrl }: Servers, seen: Seen): void {
  const keys = createRemoteJWKSet(new URL('/jwks', issuerUrl));
  api.answerWith(async (request, response) => {
    const id = await readTokenId(request.headers.authorization, keys);
    const isAccepted = id !== undefined && !seen.revoked.has(id);
    response.writeHead(isAccepted ? 200 : 401, { 'content-type': 'application/json' }).end('{}');
  });
}

interface Listening {
  readonly server: Server;
  readonly origin: string;
  answerWith(listener: (...args: Parameters<RequestListener>) => Promise<void>): void;
}

async function listen(): Promise<Listening> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return {
    server,
    origin: `http://127.0.0.1:${address.port}`,
    answerWith: (listener) => void server.on('request', (...args) => void listener(...args)),
  };
}

type Keys = ReturnType<typeof createRemoteJWKSet>;

async function readTokenId(authorization = '', keys: Keys): Promise<string | undefined> {
  try {
    const { payload } = await jwtVerify(authorization.replace(/^Bearer /i, ''), keys, { audience: resource });
    return payload.jti;
  } catch {
    return undefined;
  }
}

async function configure(servers: Servers): Promise<Configuration> {
  const { clientId, clientSecret } = servers;
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const resourceServer = () => ({
    audience: resource,
    scope: 'orders.read',
    accessTokenFormat: 'jwt' as const,
    accessTokenTTL: servers.lifetimeS,
    jwt: { sign: { alg: 'ES256' as const } },
  });
  return {
    adapter: () => emptyAdapter,
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    ttl: { ClientCredentials: () => servers.lifetimeS },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: resourceServer },
    },
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
