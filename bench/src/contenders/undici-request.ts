import { Agent, request } from 'undici';
import { newOrder } from '../contender.ts';
import type { Contender } from '../contender.ts';
import { askForToken } from './ask-for-token.ts';

/** The ceiling: no stack at all, the token fetched once and its header never changed. */
export async function open(origin: string): Promise<Contender> {
  // without its own agent it would use the platform's older undici after the first call of fetch
  const dispatcher = new Agent();
  const authorization = `Bearer ${await askForToken(origin)}`;
  const json = JSON.stringify(newOrder);
  return {
    get: async () => (await request(`${origin}/orders/42`, { dispatcher, headers: { authorization } })).body.json(),
    post: async () => {
      const headers = { authorization, 'content-type': 'application/json' };
      return (await request(`${origin}/orders`, { dispatcher, method: 'POST', body: json, headers })).body.json();
    },
    close: () => dispatcher.close(),
  };
}
