import axios, { isAxiosError } from 'axios';
import type { InternalAxiosRequestConfig } from 'axios';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, tokenEndpoint, clientId, clientSecret }: Settings): Promise<Orders> {
  let token: string | undefined;
  const requestToken = async (): Promise<string> => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const auth = { username: clientId, password: clientSecret };
    const { data } = await axios.post<{ access_token: string }>(tokenEndpoint, body, { auth });
    return data.access_token;
  };

  const client = axios.create({ baseURL: apiUrl });
  const retried = new WeakSet<InternalAxiosRequestConfig>();
  client.interceptors.request.use(async (config) => {
    token ??= await requestToken();
    config.headers.set('Authorization', `Bearer ${token}`);
    return config;
  });
  client.interceptors.response.use(undefined, async (error: unknown) => {
    if (!isAxiosError(error) || error.response?.status !== 401) throw error;
    const { config } = error;
    if (config === undefined || retried.has(config)) throw error;
    retried.add(config);
    token = await requestToken();
    return client.request(config);
  });

  return {
    get: async (id) => (await client.get<Order>(`/v1/orders/${id}`)).data,
    create: async (order) => (await client.post<Order>('/v1/orders', order)).data,
  };
}
