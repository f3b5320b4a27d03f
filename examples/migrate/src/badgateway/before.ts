import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, tokenEndpoint, clientId, clientSecret }: Settings): Promise<Orders> {
  const client = new OAuth2Client({ tokenEndpoint, clientId, clientSecret });
  const wrapper = new OAuth2Fetch({
    client,
    getNewToken: async () => client.clientCredentials(),
    scheduleRefresh: false,
  });

  const call = async (path: string, init?: RequestInit): Promise<Order> => {
    const headers = { 'content-type': 'application/json' };
    const response = await wrapper.fetch(String(new URL(path, apiUrl)), { ...init, headers });
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as Order;
  };

  return {
    get: async (id) => call(`/v1/orders/${id}`),
    create: async (order) => call('/v1/orders', { method: 'POST', body: JSON.stringify(order) }),
  };
}
