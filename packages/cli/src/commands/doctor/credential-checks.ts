import { AttemptTimeoutError } from '@bearings/client/errors';
import { grantIssuer, grantServer } from '@bearings/config';
import type { AuthorizationCodeAuth, Config, ConfiguredCredential, OAuth2Auth } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { discover, DiscoveryUnavailableError } from '@bearings/oidc-discovery';
import { Err } from 'ts-results';
import { acquireWithin, acquireLimitMs } from '../../time/acquire-within.ts';
import { TimeLimitError, withTimeout } from '../../time/with-timeout.ts';
import type { Check, CheckGroup } from './check.ts';
import { clientAuthCheck } from './client-auth-check.ts';
import { clockCheck } from './clock-check.ts';
import { discoveryCheck } from './discovery-check.ts';
import type { Discovery } from './discovery-check.ts';
import { once } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { toFetch } from '../../terminal/network.ts';
import type { Route } from './route.ts';
import { routeChecks } from './route-checks.ts';
import { scopesCheck } from './scopes-check.ts';
import { secretCheck } from './secret-check.ts';
import type { ServerClocks } from './server-clocks.ts';
import { tokenCheck } from './token-check.ts';

/** What the checks of a credential use. */
export interface CredentialContext {
  readonly config: Pick<Config, 'readSecret'>;
  readonly findEndpoint: (url: string) => Endpoint;
  /** How requests to a URL go, by the network of the credential. */
  readonly findRoute: (url: string) => Route | undefined;
  readonly clocks: ServerClocks;
  /** That of the token: discovery shares its document only with callers that have the same. */
  readonly random: () => number;
}

/** The checks of a credential. */
export interface CredentialChecks extends CheckGroup {
  /** The check that the clients of the credential depend on. */
  readonly usable: Check;
}

/** The checks of a credential: for an OAuth client, from its secret to the scopes of its token; otherwise the secret. */
export function credentialChecks(
  { clients, auth }: ConfiguredCredential,
  token: TokenHandle,
  context: CredentialContext,
): CredentialChecks {
  const title = `Credential of ${clients.join(', ')}`;
  const secret = secretCheck(context.config, auth);
  if (!('clientId' in auth)) {
    return { title: `${title}: ${auth.type}`, checks: [secret], usable: secret };
  }
  const server = toServer(auth);
  const { checks, usable } = oauth2Checks({ auth, server, token, secret }, context);
  return { title: `${title}: ${auth.clientId} at ${server.url}`, checks: [secret, ...checks], usable };
}

/** An authorization server, as the config has it. */
interface Server extends Pick<OAuth2Auth, 'issuerUrl' | 'metadataUrl' | 'insecureHttp'> {
  /** The issuer, else the token endpoint. */
  readonly url: string;
}

function toServer(auth: OAuth2Auth | AuthorizationCodeAuth): Server {
  const { insecureHttp } = auth;
  if (auth.type === 'oauth2_authorization_code') {
    return { url: grantServer(auth), issuerUrl: grantIssuer(auth), insecureHttp };
  }
  const { issuerUrl, metadataUrl, tokenUrl } = auth;
  return { url: issuerUrl ?? tokenUrl ?? '', issuerUrl, metadataUrl, insecureHttp };
}

interface OAuth2Context {
  readonly auth: OAuth2Auth | AuthorizationCodeAuth;
  readonly server: Server;
  readonly token: TokenHandle;
  readonly secret: Check;
}

/** The checks of an OAuth client. Its clients depend on its token. */
function oauth2Checks(
  { auth, server, token, secret }: OAuth2Context,
  context: CredentialContext,
): Omit<CredentialChecks, 'title'> {
  const endpoint = context.findEndpoint(server.url);
  const route = context.findRoute(server.url);
  const connectivity = routeChecks(endpoint, route, context.findEndpoint);
  const discoverOnce = once(() => discoverMetadata(server, endpoint, context));
  const discovery = discoveryCheck(connectivity, discoverOnce);
  const isClient = auth.type === 'oauth2_client_credentials';
  const clientAuth = isClient ? [clientAuthCheck(auth, discovery, discoverOnce)] : [];
  const clock = clockCheck(connectivity, async () => {
    await discoverOnce();
    if (server.issuerUrl === undefined) await requestServerDate(endpoint, context);
    return context.clocks.skewMs(endpoint.url.origin);
  });
  const acquired = tokenCheck(isClient ? 'token' : 'login', [secret, ...connectivity, discovery, ...clientAuth], () =>
    acquireWithin(token, endpoint.clock),
  );
  const scopes = scopesCheck(auth.scopes ?? [], acquired, () => token.status().scopes);
  return { checks: [...connectivity, discovery, ...clientAuth, clock, acquired, scopes], usable: acquired };
}

async function discoverMetadata(
  { issuerUrl, metadataUrl, insecureHttp = false }: Server,
  { url, clock }: Endpoint,
  { clocks: { fetch }, findRoute, random }: CredentialContext,
): Promise<Discovery> {
  if (issuerUrl === undefined) return undefined;
  const transport = findRoute(issuerUrl)?.transport;
  const network = transport === undefined ? { fetch } : { network: transport };
  try {
    const options = { insecureHttp, clock, random, ...network, ...(metadataUrl !== undefined && { metadataUrl }) };
    return await withTimeout(acquireLimitMs, clock, () => discover(issuerUrl, options));
  } catch (cause) {
    if (!(cause instanceof TimeLimitError)) throw cause;
    return Err(new DiscoveryUnavailableError(issuerUrl, new AttemptTimeoutError(url.origin, acquireLimitMs)));
  }
}

/** Sends a HEAD to a token endpoint, so that the `Date` of its response is known. */
async function requestServerDate({ url, clock }: Endpoint, { clocks, findRoute }: CredentialContext): Promise<void> {
  try {
    const fetch = toFetch(clocks, findRoute(url.href)?.transport);
    const init = { method: 'HEAD', redirect: 'manual' } as const;
    await withTimeout(acquireLimitMs, clock, (signal) => fetch(url, { ...init, signal }));
  } catch {
    // the token check reports a server that does not answer
  }
}
