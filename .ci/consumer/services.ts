// What a service writes in a library of its own: the types of the exported functions are inferred, and declared.
import { createClient, orThrow } from '@bearings/client';
import { createClients, loadConfig } from '@bearings/config';
import { Err, Ok, Token, TokenPool, TokenUnavailableError, withBearerAuth } from '@bearings/oauth-bearer';
import type { Result, TokenError, TokenSource } from '@bearings/oauth-bearer';
import { discover } from '@bearings/oidc-discovery';

const config = { issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret: 'a secret' };

export async function createToken() {
  return Token.create(config);
}

export function createPool() {
  return TokenPool.create(config);
}

export async function createOrders() {
  const token = await orThrow(Token.create(config));
  return createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token));
}

export async function readClients() {
  return loadConfig('clients.yaml');
}

export async function createAll() {
  return createClients(await orThrow(loadConfig('clients.yaml')), { names: ['orders'] });
}

export async function findIssuer() {
  return discover(config.issuerUrl);
}

export const source: TokenSource = {
  async acquire({ isProbe }) {
    return isProbe ? Err(new TokenUnavailableError('not yet')) : Ok({ value: 'a token', lifetimeMs: 60_000 });
  },
};

export const answer = (): Result<string, TokenError> => Ok('a token');
