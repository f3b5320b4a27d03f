import type { TokenCredential } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect(settings: Settings): Promise<Orders> {
  const { apiUrl, tokenEndpoint, clientId, clientSecret, certificate: ca = '' } = settings;
  const credential: TokenCredential = {
    async getToken() {
      const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
      const response = await fetch(tokenEndpoint, { method: 'POST', body: new URLSearchParams(form) });
      const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
      return { token: access_token, expiresOnTimestamp: Date.now() + expires_in * 1_000 };
    },
  };
  const pipeline = createPipelineFromOptions({ tlsOptions: { ca } }); // the policy below demands https
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: [] }));
  const httpClient = createDefaultHttpClient();

  const call = async (path: string, order?: Order): Promise<Order> => {
    const request = createPipelineRequest({
      url: `${apiUrl}${path}`,
      method: order ? 'POST' : 'GET',
      headers: createHttpHeaders({ 'content-type': 'application/json' }),
      ...(order && { body: JSON.stringify(order) }),
    });
    const { status, bodyAsText } = await pipeline.sendRequest(httpClient, request);
    if (status >= 400) throw new Error(`${path} answered ${status}`);
    return JSON.parse(bodyAsText ?? '');
  };

  return {
    get: async (id) => call(`/v1/orders/${id}`),
    create: async (order) => call('/v1/orders', order),
  };
}
