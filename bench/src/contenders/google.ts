import { OAuth2Client } from 'google-auth-library';
import { newOrder, registration } from '../contender.ts';
import type { Contender } from '../contender.ts';

/** Its OAuth2 client with a refresh token, told to renew on a 401 also before the token's end. */
export async function open(origin: string): Promise<Contender> {
  const client = new OAuth2Client({
    ...registration,
    endpoints: { oauth2TokenUrl: `${origin}/token` },
    forceRefreshOnFailure: true,
  });
  client.setCredentials({ refresh_token: 'bench-refresh' });
  return {
    get: async () => (await client.request<unknown>({ url: `${origin}/orders/42` })).data,
    post: async () => (await client.request<unknown>({ url: `${origin}/orders`, method: 'POST', data: newOrder })).data,
    close: async () => {},
  };
}
