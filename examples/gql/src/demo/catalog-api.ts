import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { graphqlType } from '../graphql-response.ts';
import { createCatalog } from './catalog.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { listenOnLoopback } from './loopback-server.ts';

/** The catalog over HTTP, for callers with a token. */
export interface CatalogApi {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the catalog. It accepts tokens of one provider with the scope `catalog.read`. */
export async function startCatalogApi({
  findScopes: scopesOf,
}: Pick<IdentityProvider, 'findScopes'>): Promise<CatalogApi> {
  const server = await listenOnLoopback();
  const catalog = createCatalog();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const scopes = scopesOf((request.headers.authorization ?? '').replace(/^Bearer /, ''));
    const rejection = checkScopes(scopes);
    if (rejection !== undefined) {
      response.writeHead(rejection.status, { 'www-authenticate': rejection.challenge }).end();
      return;
    }
    const { status, body } = await catalog.answer(await text(request));
    response.writeHead(status, { 'content-type': graphqlType }).end(JSON.stringify(body));
  };

  server.answerWith((request, response) => void answer(request, response));
  return { url: `${server.origin}/graphql`, close: () => server.close() };
}

interface Rejection {
  readonly status: number;
  readonly challenge: string;
}

function checkScopes(scopes: readonly string[] | undefined): Rejection | undefined {
  if (scopes === undefined) return { status: 401, challenge: 'Bearer error="invalid_token"' };
  if (scopes.includes('catalog.read')) return undefined;
  return { status: 403, challenge: 'Bearer error="insufficient_scope", scope="catalog.read"' };
}
