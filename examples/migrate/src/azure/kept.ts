import { createHttpHeaders, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { Order, Orders, Settings } from '../settings.ts';

export async function connect({ apiUrl, issuerUrl, clientId, clientSecret }: Settings): Promise<Orders> {
  const token = await orThrow(Token.create({ issuerUrl, clientId, clientSecret }));
  const { fetch } = createClient({ prefix: apiUrl }, withBearerAuth(token));
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const { url, method, abortSignal } = request;
      const signal = abortSignal as AbortSignal | undefined;
      const body = (request.body as string | undefined) ?? null;
      const response = await fetch(url, { method, headers: request.headers.toJSON(), body, signal: signal ?? null });
      const headers = createHttpHeaders(Object.fromEntries(response.headers));
      return { request, status: response.status, headers, bodyAsText: await response.text() };
    },
  };
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });

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
    close: async () => token.close(),
  };
}
