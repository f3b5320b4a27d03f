import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { graphqlType } from '../graphql-answer.ts';
import { openCatalog } from './catalog.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { listenOnLoopback } from './loopback-server.ts';

/** The catalog behind HTTP, for who has a token. */
export interface CatalogApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the catalog. It takes the tokens of one provider that are for the scope `catalog.read`. */
export async function startCatalogApi({ scopesOf }: Pick<IdentityProvider, 'scopesOf'>): Promise<CatalogApi> {
  const server = await listenOnLoopback();
  const catalog = openCatalog();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const scopes = scopesOf((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    const refusal = refusalFor(scopes);
    if (refusal !== undefined) {
      response.writeHead(refusal.status, { 'www-authenticate': refusal.challenge }).end();
      return;
    }
    const { status, body } = await catalog.answer(await text(request));
    response.writeHead(status, { 'content-type': graphqlType }).end(JSON.stringify(body));
  };

  server.answerWith((request, response) => void answer(request, response));
  return { url: `${server.origin}/graphql`, close: () => server.close() };
}

interface Refusal {
  readonly status: number;
  readonly challenge: string;
}

function refusalFor(scopes: readonly string[] | undefined): Refusal | undefined {
  if (scopes === undefined) return { status: 401, challenge: 'Bearer error="invalid_token"' };
  if (scopes.includes('catalog.read')) return undefined;
  return { status: 403, challenge: 'Bearer error="insufficient_scope", scope="catalog.read"' };
}
