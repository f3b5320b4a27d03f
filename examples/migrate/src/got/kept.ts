import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import type { AccessToken } from '@bearings/oauth-bearer';
import got from 'got';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const token = await orThrow(Token.create({ issuerUrl, clientId, clientSecret }));
  const sent = new WeakMap<object, AccessToken>();

  const client = got.extend({
    prefixUrl: apiUrl,
    hooks: {
      beforeRequest: [
        async (options) => {
          const current = await orThrow(token.get());
          sent.set((options.context = {}), current);
          options.headers['authorization'] = current.authorization();
        },
      ],
      afterResponse: [
        async (response, retryWithMergedOptions) => {
          if (response.statusCode !== 401) return response;
          const rejected = sent.get(response.request.options.context);
          await token.invalidate(rejected); // one rotation for all calls with this token
          return retryWithMergedOptions({});
        },
      ],
    },
  });

  return {
    get: async (id) => client.get(`v1/orders/${id}`).json<Order>(),
    create: async (order) => client.post('v1/orders', { json: order }).json<Order>(),
    close: async () => token.close(),
  };
}
