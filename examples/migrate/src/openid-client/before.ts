import { allowInsecureRequests, clientCredentialsGrant, discovery } from 'openid-client';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const options = { execute: [allowInsecureRequests] };
  const issuer = await discovery(new URL(issuerUrl), clientId, clientSecret, undefined, options);
  let cached: { readonly token: string; readonly renewAt: number } | undefined;

  const getToken = async (): Promise<string> => {
    if (cached !== undefined && Date.now() < cached.renewAt) return cached.token;
    const { access_token: token, expires_in: lifetime = 60 } = await clientCredentialsGrant(issuer);
    cached = { token, renewAt: Date.now() + (lifetime - 30) * 1_000 };
    return token;
  };

  const call = async (path: string, init?: RequestInit): Promise<Order> => {
    const send = async (): Promise<Response> => {
      const headers = { authorization: `Bearer ${await getToken()}`, 'content-type': 'application/json' };
      return fetch(new URL(path, apiUrl), { ...init, headers });
    };
    let response = await send();
    if (response.status === 401) {
      cached = undefined;
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
