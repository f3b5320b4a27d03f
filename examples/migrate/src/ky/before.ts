import ky from 'ky';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, tokenEndpoint, clientId, clientSecret }: Settings): Promise<Orders> {
  let token: string | undefined;
  const requestToken = async (): Promise<string> => {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    });
    const { access_token } = await ky.post(tokenEndpoint, { body }).json<{ access_token: string }>();
    return access_token;
  };

  const client = ky.create({
    prefix: apiUrl,
    hooks: {
      beforeRequest: [
        async ({ request, retryCount }) => {
          if (retryCount > 0) return;
          token ??= await requestToken();
          request.headers.set('authorization', `Bearer ${token}`);
        },
      ],
      afterResponse: [
        async ({ request, response, retryCount }) => {
          if (response.status !== 401 || retryCount > 0) return response;
          token = await requestToken();
          const headers = new Headers(request.headers);
          headers.set('authorization', `Bearer ${token}`);
          return ky.retry({ request: new Request(request, { headers }) });
        },
      ],
    },
  });

  return {
    get: async (id) => client.get(`v1/orders/${id}`).json<Order>(),
    create: async (order) => client.post('v1/orders', { json: order }).json<Order>(),
  };
}
