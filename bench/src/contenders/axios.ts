import { create, isAxiosError } from 'axios';
import { newOrder } from '../contender.ts';
import type { Contender } from '../contender.ts';
import { keptToken } from './ask-for-token.ts';

/** axios on its http adapter, with a request and a response interceptor. */
export async function open(origin: string): Promise<Contender> {
  const token = keptToken(origin);
  const api = create({ baseURL: origin });
  api.interceptors.request.use(async (config) => {
    config.headers.set('authorization', `Bearer ${await token.now()}`);
    return config;
  });
  const replayed = new WeakSet();
  api.interceptors.response.use(undefined, async (error: unknown) => {
    const isRejection = isAxiosError(error) && error.response?.status === 401;
    if (!isRejection || error.config === undefined || replayed.has(error.config)) throw error;
    await token.another();
    replayed.add(error.config);
    return api.request(error.config);
  });
  return {
    get: async () => (await api.get<unknown>('/orders/42')).data,
    post: async () => (await api.post<unknown>('/orders', newOrder)).data,
    close: async () => {},
  };
}
