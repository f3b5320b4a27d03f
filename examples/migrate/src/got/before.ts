import got from 'got';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, tokenEndpoint, clientId, clientSecret }: Settings): Promise<Orders> {
  let token: string | undefined;
  const requestToken = async (): Promise<string> => {
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const { access_token } = await got.post(tokenEndpoint, { form }).json<{ access_token: string }>();
    return access_token;
  };

  const client = got.extend({
    prefixUrl: apiUrl,
    hooks: {
      beforeRequest: [
        async (options) => {
          token ??= await requestToken();
          options.headers['authorization'] = `Bearer ${token}`;
        },
      ],
      afterResponse: [
        async (response, retryWithMergedOptions) => {
          if (response.statusCode !== 401) return response;
          token = await requestToken();
          return retryWithMergedOptions({ headers: { authorization: `Bearer ${token}` } });
        },
      ],
    },
  });

  return {
    get: async (id) => client.get(`v1/orders/${id}`).json<Order>(),
    create: async (order) => client.post('v1/orders', { json: order }).json<Order>(),
  };
}
