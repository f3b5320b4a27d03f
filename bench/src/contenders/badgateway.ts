import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client';
import { newOrder, registration } from '../contender.ts';
import type { Contender } from '../contender.ts';

/** The library's fetch wrapper, as in its documentation. */
export async function open(origin: string): Promise<Contender> {
  const client = new OAuth2Client({ server: origin, tokenEndpoint: '/token', ...registration });
  const wrapped = new OAuth2Fetch({ client, getNewToken: () => client.clientCredentials() });
  const json = JSON.stringify(newOrder);
  return {
    get: async () => (await wrapped.fetch(`${origin}/orders/42`)).json(),
    post: async () => {
      const headers = { 'content-type': 'application/json' };
      return (await wrapped.fetch(`${origin}/orders`, { method: 'POST', body: json, headers })).json();
    },
    close: async () => {},
  };
}
