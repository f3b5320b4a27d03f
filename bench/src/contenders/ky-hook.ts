import ky from 'ky';
import { newOrder } from '../contender.ts';
import type { Contender } from '../contender.ts';
import { keptToken } from './ask-for-token.ts';

/** ky with its own defaults, and the two hooks that its documentation shows for tokens. */
export async function open(origin: string): Promise<Contender> {
  const token = keptToken(origin);
  const api = ky.create({
    prefix: origin,
    hooks: {
      beforeRequest: [async ({ request }) => request.headers.set('authorization', `Bearer ${await token.now()}`)],
      afterResponse: [
        async ({ request, response, retryCount }) => {
          if (response.status !== 401 || retryCount > 0) return undefined;
          const headers = new Headers(request.headers);
          headers.set('authorization', `Bearer ${await token.another()}`);
          return ky.retry({ request: new Request(request, { headers }), code: 'TOKEN_REFRESHED' });
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
