import type { AccessToken } from '@azure/core-auth';
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { newOrder } from '../contender.ts';
import type { Contender } from '../contender.ts';
import { askForToken } from './ask-for-token.ts';

/**
 * The default pipeline with its bearer policy, which rejects `http:`. So requests use `https:`, and the innermost client
 * replaces it by `http:`. A real service would not do this.
 */
export async function open(origin: string): Promise<Contender> {
  const pipeline = createPipelineFromOptions({});
  const getToken = async (): Promise<AccessToken> => {
    return { token: await askForToken(origin), expiresOnTimestamp: Date.now() + 3_600_000 };
  };
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: { getToken }, scopes: 'orders' }), {
    afterPhase: 'Retry',
  });
  const network = plain(createDefaultHttpClient());
  const secure = origin.replace('http:', 'https:');
  const send = async (request: PipelineRequest): Promise<unknown> => {
    const { status, bodyAsText } = await pipeline.sendRequest(network, request);
    if (status >= 400) throw new Error(`answered ${status}`);
    return JSON.parse(bodyAsText ?? '');
  };
  return {
    get: () => send(createPipelineRequest({ url: `${secure}/orders/42`, allowInsecureConnection: true })),
    post: () =>
      send(
        createPipelineRequest({
          url: `${secure}/orders`,
          method: 'POST',
          body: JSON.stringify(newOrder),
          headers: createHttpHeaders({ 'content-type': 'application/json' }),
          allowInsecureConnection: true,
        }),
      ),
    close: async () => {},
  };
}

function plain(network: HttpClient): HttpClient {
  return {
    sendRequest(request) {
      request.url = request.url.replace('https:', 'http:');
      return network.sendRequest(request);
    },
  };
}
