import { OAuth2Client } from 'google-auth-library';
import { newOrder, registration } from '../contender.ts';
import type { Contender } from '../contender.ts';

/** The library's OAuth2 client with a refresh token. It renews on a 401 also before the token expires. */
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
