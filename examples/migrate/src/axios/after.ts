import { createClient, isBearingsError, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { Order, Orders, Settings } from '../settings.ts';

interface OrdersOfAxios extends Orders {
  find(id: number): Promise<Order | undefined>;
  list(ids: readonly number[]): Promise<readonly Order[]>;
  remove(id: number): Promise<void>;
}

export async function connect(settings: Settings): Promise<OrdersOfAxios> {
  const { apiUrl, tokenEndpoint, clientId, clientSecret } = settings;
  const token = await orThrow(Token.create({ tokenEndpoint, clientId, clientSecret, start: 'lazy' }));
  const client = createClient({ prefix: apiUrl, totalTimeout: 10_000 }, withBearerAuth(token));

  return {
    get: async (id) => client.get(`/v1/orders/${id}`).json<Order>(),
    create: async (order) => client.post('/v1/orders', { json: order }).json<Order>(),
    async find(id) {
      try {
        return await client.get(`/v1/orders/${id}`).json<Order>();
      } catch (error) {
        if (isBearingsError(error, 'HTTP_STATUS') && error.status === 404) return undefined;
        throw error;
      }
    },
    list: async (ids) => client.get('/v1/orders', { searchParams: ids.map((id) => ['id', id]) }).json(),
    remove: async (id) => void (await client.delete(`/v1/orders/${id}`)), // 204: no JSON
    async close() {
      await client.close();
      await token.close();
    },
  };
}
