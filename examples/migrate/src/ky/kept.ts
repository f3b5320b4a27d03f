import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import ky from 'ky';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const token = await orThrow(Token.create({ issuerUrl, clientId, clientSecret }));
  const { fetch } = createClient({ prefix: apiUrl }, withBearerAuth(token));
  const client = ky.create({ prefix: apiUrl, fetch, retry: 0, timeout: false });

  return {
    get: async (id) => client.get(`v1/orders/${id}`).json<Order>(),
    create: async (order) => client.post('v1/orders', { json: order }).json<Order>(),
    close: async () => token.close(),
  };
}
