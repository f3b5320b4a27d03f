import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { Order, Orders, Settings } from './settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const token = await orThrow(Token.create({ issuerUrl, clientId, clientSecret }));
  const client = createClient({ baseUrl: apiUrl }, withBearerAuth(token));

  return {
    get: async (id) => client.get(`v1/orders/${id}`).json<Order>(),
    create: async (order) => client.post('v1/orders', { json: order }).json<Order>(),
    async close() {
      await client.close();
      await token.close();
    },
  };
}
