/**
 * A Worker whose client and Tokens are in module scope: what they keep of one request meets the next one. It needs no module of
 * Node.
 */
import { waitUntil } from 'cloudflare:workers';
import { createClient, isBearingsError, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, TokenPool, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenConfig, TokenHandle } from '@bearings/oauth-bearer';

interface Settings {
  readonly issuerUrl: string;
  readonly apiOrigin: string;
  readonly privateKey: string;
}

const withSecret = ({ issuerUrl }: Settings): TokenConfig => ({
  issuerUrl,
  clientId: 'worker',
  clientSecret: 'a client secret',
});

const makers: Readonly<Record<string, (settings: Settings) => TokenHandle | Promise<TokenHandle>>> = {
  onDemand: (settings) => orThrow(Token.onDemand(withSecret(settings))),
  lazy: (settings) => orThrow(Token.create({ ...withSecret(settings), start: 'lazy' })),
  pool: (settings) => orThrow(orThrow(TokenPool.create(withSecret(settings))).for({ audience: 'orders' })),
  background: (settings) => orThrow(Token.onDemand({ ...withSecret(settings), background: waitUntil })),
  privateKey: ({ issuerUrl, privateKey }) => orThrow(Token.onDemand({ issuerUrl, privateKey, clientId: 'signer' })),
};

const clients = new Map<string, Client>();

async function findClient(kind: string, settings: Settings): Promise<Client> {
  const known = clients.get(kind);
  if (known !== undefined) return known;
  const token = await makers[kind]?.(settings);
  if (token === undefined) throw new Error(`There is no token of the kind ${kind}`);
  const client = clients.get(kind) ?? createClient({ baseUrl: settings.apiOrigin }, withBearerAuth(token));
  clients.set(kind, client);
  return client;
}

async function readOrder(kind: string, settings: Settings): Promise<Response> {
  try {
    const client = await findClient(kind, settings);
    return Response.json(await client.get('v1/orders/42').json());
  } catch (error) {
    const text = isBearingsError(error) ? `${error.code}: ${error.message}` : String(error);
    return new Response(text, { status: 500 });
  }
}

// A Worker is the default export of its module.
// oxlint-disable-next-line import/no-default-export
export default {
  /** `/KIND` reads an order; `/KIND/early` begins to, and does not wait for it: the request ends first. */
  async fetch(request: Request, settings: Settings): Promise<Response> {
    const [, kind = '', mode] = new URL(request.url).pathname.split('/');
    const answer = readOrder(kind, settings);
    return mode === 'early' ? new Response('early') : answer;
  },
};
