import { isSecure } from '@bearings/client/layer';
import type { TokenError } from '@bearings/oauth-bearer';
import type { TokenServer } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import type { FlowRecord } from '../store/flow-record.ts';
import { authorizationUrl } from './authorization-url.ts';
import { bindingCookie, writeCookie } from './binding-cookie.ts';
import { completionPage } from './completion-page.ts';
import { flowFacts } from './consent-event.ts';
import type { ConsentContext } from './consent-context.ts';
import type { HandlerRequest } from './handler-request.ts';
import { endedPage, errorPages } from './error-pages.ts';
import { hashText, randomText } from './flow-secret.ts';
import type { FlowSecret } from './flow-secret.ts';
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
  const secret = await openFlowSecret(flow, context.sealer);
  const server = await connection.server({ isDpop: secret.binding !== undefined || connection.dpopKeys.isOn });
  if (server.isErr() && isDpopRefused(server.error)) return refuseWithoutDpop(flow, server.error, context);
  const url = server.isErr() ? undefined : createUrl(flow, { connection, server: server.value, secret });
  if (url === undefined) return page({ ...errorPages.unavailable, returnTo: flow.returnTo });
  const binding = randomText();
  if (!(await store.bindFlow(flow.id, hashText(binding)))) return pageOfEnded(flow, store);
  return redirect(302, url.href, writeCookie(bindingCookie(flow.id, base), binding, flow.expiresInMs));
}

/** For tokens that are to be bound to a key, the error of a server whose metadata says that it does not do that. */
const isDpopRefused = (error: TokenError): boolean => error.code === 'TOKEN_CONFIG' && error.field === 'dpop';

/** Ends the flow before the user has consented to what could not be used. */
async function refuseWithoutDpop(flow: FlowRecord, error: TokenError, context: ConsentContext): Promise<Response> {
  const { store, report, listeners } = context;
  const failure = { status: 'failed', reason: 'dpop_unsupported', error } as const;
  if (!(await store.finishFlow(flow.id, failure))) return pageOfEnded(flow, store);
  report({ type: 'consent-failed', ...flowFacts(flow), reason: failure.reason, error });
  listeners.notify(flow.id);
  return page(completionPage(failure, flow));
}

/** The page of a flow that has ended meanwhile. */
async function pageOfEnded(flow: FlowRecord, store: ConsentContext['store']): Promise<Response> {
  return page(endedPage((await store.getFlow(flow.id)) ?? { ...flow, status: 'expired' }));
}

interface Parties {
  readonly connection: Connection;
  readonly server: TokenServer;
  readonly secret: FlowSecret;
}

/** `undefined` when the server is not the one that the flow was started for, or has no page. */
function createUrl(flow: FlowRecord, { connection, server, secret }: Parties): URL | undefined {
  if (server.issuer !== flow.issuer) return undefined;
  const endpoint = findAuthorizationEndpoint(connection, server);
  if (endpoint === undefined) return undefined;
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
