import axios from 'axios';
import { createAuthRefresh } from 'axios-auth-refresh';
import { clientCredentials } from 'axios-oauth-client';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect(settings: Settings): Promise<Orders> {
  const { apiUrl, tokenEndpoint, clientId, clientSecret } = settings;
  const requestToken = clientCredentials(axios.create(), tokenEndpoint, clientId, clientSecret);
  let token = (await requestToken('')).access_token;

  const client = axios.create({ baseURL: apiUrl });
  client.interceptors.request.use((config) => {
    config.headers.set('Authorization', `Bearer ${token}`);
    return config;
  });
  // its types are those of the CommonJS build of axios
  createAuthRefresh(client as Parameters<typeof createAuthRefresh>[0], async () => {
    token = (await requestToken('')).access_token;
  });

  return {
    get: async (id) => (await client.get<Order>(`/v1/orders/${id}`)).data,
    create: async (order) => (await client.post<Order>('/v1/orders', order)).data,
  };
}
