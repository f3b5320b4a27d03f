import { OAuth2Client } from 'google-auth-library';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, tokenEndpoint, clientId, clientSecret }: Settings): Promise<Orders> {
  const client = new OAuth2Client({ forceRefreshOnFailure: true });
  client.refreshHandler = async () => {
    const response = await fetch(tokenEndpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }),
    });
    const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
    return { access_token, expiry_date: Date.now() + expires_in * 1_000 };
  };

  return {
    get: async (id) => (await client.request<Order>({ url: `${apiUrl}/v1/orders/${id}` })).data,
    create: async (data) => (await client.request<Order>({ url: `${apiUrl}/v1/orders`, method: 'POST', data })).data,
  };
}
