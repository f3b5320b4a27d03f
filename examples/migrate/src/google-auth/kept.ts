import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { gaxios } from 'google-auth-library';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const token = await orThrow(Token.create({ issuerUrl, clientId, clientSecret }));
  const { fetch: fetchImplementation } = createClient({ prefix: apiUrl }, withBearerAuth(token));
  const client = new gaxios.Gaxios({ baseURL: apiUrl, fetchImplementation });

  return {
    get: async (id) => (await client.request<Order>({ url: `/v1/orders/${id}` })).data,
    create: async (data) => (await client.request<Order>({ url: '/v1/orders', method: 'POST', data })).data,
    close: async () => token.close(),
  };
}
