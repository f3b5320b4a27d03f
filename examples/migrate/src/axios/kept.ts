import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import axios from 'axios';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const token = await orThrow(Token.create({ issuerUrl, clientId, clientSecret }));
  const { fetch } = createClient({ prefix: apiUrl }, withBearerAuth(token));
  const client = axios.create({ baseURL: apiUrl, adapter: 'fetch', env: { fetch } });

  return {
    get: async (id) => (await client.get<Order>(`/v1/orders/${id}`)).data,
    create: async (order) => (await client.post<Order>('/v1/orders', order)).data,
    close: async () => token.close(),
  };
}
