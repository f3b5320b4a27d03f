import { createClient, orThrow } from '@bearings/client';
import type { Client, Layer } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { newOrder, registration } from '../contender.ts';
import type { Contender } from '../contender.ts';
import { undiciLayer } from './undici-layer.ts';

/** The client of a service: the default stack, a token, and optionally another transport. */
interface Service {
  readonly client: Client;
  readonly close: () => Promise<void>;
}

/** The default stack with a token, through `client.fetch`. */
export async function openClientFetch(origin: string, network: readonly Layer[]): Promise<Contender> {
  const { client, close } = await compose(origin, network);
  const json = JSON.stringify(newOrder);
  return {
    get: async () => (await client.fetch('/orders/42')).json(),
    post: async () => {
      const headers = { 'content-type': 'application/json' };
      return (await client.fetch('/orders', { method: 'POST', body: json, headers })).json();
    },
    close,
  };
}

/** The default stack with a token, through `client.get` and `client.post`. */
export async function openClientGet(origin: string, network: readonly Layer[]): Promise<Contender> {
  const { client, close } = await compose(origin, network);
  return {
    get: () => client.get('orders/42').json(),
    post: () => client.post('orders', { json: newOrder }).json(),
    close,
  };
}

/** The undici transport in place of the global fetch. */
export async function onUndici(): Promise<readonly Layer[]> {
  const layer = await undiciLayer();
  if (layer === undefined) throw new Error('@bearings/undici has no withUndici');
  return [layer];
}

async function compose(origin: string, network: readonly Layer[]): Promise<Service> {
  const tokenEndpoint = `${origin}/token`;
  const token = await orThrow(Token.create({ tokenEndpoint, ...registration, start: 'lazy' }));
  const client = createClient({ baseUrl: origin }, withBearerAuth(token), network);
  return {
    client,
    close: async () => {
      await client.close();
      await token.close();
    },
  };
}
