import got from 'got';
import { newOrder } from '../contender.ts';
import type { Contender } from '../contender.ts';
import { keptToken } from './ask-for-token.ts';

/** got with its own defaults, and the two hooks that its documentation shows for tokens. */
export async function open(origin: string): Promise<Contender> {
  const token = keptToken(origin);
  const api = got.extend({
    prefixUrl: origin,
    hooks: {
      beforeRequest: [
        async (options) => {
          options.headers['authorization'] = `Bearer ${await token.now()}`;
        },
      ],
      afterResponse: [
        async (response, retryWithMergedOptions) => {
          if (response.statusCode !== 401) return response;
          return retryWithMergedOptions({ headers: { authorization: `Bearer ${await token.another()}` } });
        },
      ],
    },
  });
  return {
    get: () => api.get('orders/42').json(),
    post: () => api.post('orders', { json: newOrder }).json(),
    close: async () => {},
  };
}
