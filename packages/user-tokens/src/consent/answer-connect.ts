import { isSecure } from '@bearings/client/layer';
import type { TokenServer } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import type { FlowRecord } from '../store/flow-record.ts';
import { authorizationUrl } from './authorization-url.ts';
import { bindingCookie, writeCookie } from './binding-cookie.ts';
import type { ConsentContext } from './consent-context.ts';
import type { HandlerRequest } from './handler-request.ts';
import { endedPage, errorPages } from './error-pages.ts';
import { hashText, randomText } from './flow-secret.ts';
import { page } from './page.ts';
import { redirect } from './redirect.ts';
import { refuseOtherUser } from './refuse-other-user.ts';
import { openFlowSecret } from './seal-flow-secret.ts';

/** `GET /connect/:id`: binds the flow to this browser and sends it to the authorization server. */
export async function answerConnect(received: HandlerRequest, context: ConsentContext): Promise<Response> {
  const { store, base } = context;
  const flow = await store.getFlow(received.name);
  if (flow?.kind !== 'code') return page(errorPages.unknownLink);
  const refusal = await refuseOtherUser(flow, received, context);
  if (refusal !== undefined) return refusal;
  const connection = context.connections.get(flow.connection);
  if (flow.status !== 'pending') return page(endedPage(flow));
  if (connection === undefined) return page(errorPages.unknownLink);
  const url = await findAuthorizationUrl(flow, connection, context);
  if (url === undefined) return page({ ...errorPages.unavailable, returnTo: flow.returnTo });
  const binding = randomText();
  if (!(await store.bindFlow(flow.id, hashText(binding)))) {
    return page(endedPage((await store.getFlow(flow.id)) ?? { ...flow, status: 'expired' }));
  }
  return redirect(302, url.href, writeCookie(bindingCookie(flow.id, base), binding, flow.expiresInMs));
}

/** `undefined` when the server cannot be found, or is not the one that the flow was started for. */
async function findAuthorizationUrl(
  flow: FlowRecord,
  connection: Connection,
  { sealer }: ConsentContext,
): Promise<URL | undefined> {
  const server = await connection.server();
  if (server.isErr() || server.value.issuer !== flow.issuer) return undefined;
  const endpoint = findAuthorizationEndpoint(connection, server.value);
  if (endpoint === undefined) return undefined;
  const secret = await openFlowSecret(flow, sealer);
  const { redirectUri, scopes } = flow;
  const { resources } = connection;
  return authorizationUrl(connection.config, { endpoint, redirectUri, scopes, secret, resources });
}

/** https, or http where the connection allows it. Metadata may contain any text, such as `javascript:`. */
function findAuthorizationEndpoint({ config }: Connection, { metadata }: TokenServer): string | undefined {
  const endpoint = config.endpoints?.authorization ?? metadata?.['authorization_endpoint'];
  const url = typeof endpoint === 'string' ? URL.parse(endpoint) : null;
  const isAllowed = url !== null && (isSecure(url) || (config.insecureHttp === true && url.protocol === 'http:'));
  return isAllowed ? url.href : undefined;
}
