import { ClientCredentials } from 'simple-oauth2';
import type { AccessToken } from 'simple-oauth2';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, tokenEndpoint, clientId, clientSecret }: Settings): Promise<Orders> {
  const { origin: tokenHost, pathname: tokenPath } = new URL(tokenEndpoint);
  const grant = new ClientCredentials({
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost, tokenPath },
  });
  let current: AccessToken | undefined;

  const getToken = async (): Promise<string> => {
    if (current === undefined || current.expired(60)) current = await grant.getToken({});
    return String(current.token['access_token']);
  };

  const call = async (path: string, init?: RequestInit): Promise<Order> => {
    const send = async (): Promise<Response> => {
      const headers = { authorization: `Bearer ${await getToken()}`, 'content-type': 'application/json' };
      return fetch(new URL(path, apiUrl), { ...init, headers });
    };
    let response = await send();
    if (response.status === 401) {
      current = undefined;
      response = await send();
    }
    if (!response.ok) throw new Error(`${path} answered ${response.status}`);
    return (await response.json()) as Order;
  };

  return {
    get: async (id) => call(`/v1/orders/${id}`),
    create: async (order) => call('/v1/orders', { method: 'POST', body: JSON.stringify(order) }),
  };
}
