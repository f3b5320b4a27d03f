import { AttemptTimeoutError } from '@bearings/client/errors';
import type { Config, ConfiguredCredential, OAuth2Auth } from '@bearings/config';
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
  if (auth.type !== 'oauth2_client_credentials') {
    return { title: `${title}: ${auth.type}`, checks: [secret], usable: secret };
  }
  const { checks, usable } = oauth2Checks({ auth, token, secret }, context);
  return { title: `${title}: ${auth.clientId} at ${serverUrl(auth)}`, checks: [secret, ...checks], usable };
}

interface OAuth2Context {
  readonly auth: OAuth2Auth;
  readonly token: TokenHandle;
  readonly secret: Check;
}

/** The checks of an OAuth client. Its clients depend on its token. */
function oauth2Checks(
  { auth, token, secret }: OAuth2Context,
  context: CredentialContext,
): Omit<CredentialChecks, 'title'> {
  const endpoint = context.findEndpoint(serverUrl(auth));
  const route = context.findRoute(serverUrl(auth));
  const connectivity = routeChecks(endpoint, route, context.findEndpoint);
  const discoverOnce = once(() => discoverMetadata(auth, endpoint, context));
  const discovery = discoveryCheck(connectivity, discoverOnce);
  const clientAuth = clientAuthCheck(auth, discovery, discoverOnce);
  const clock = clockCheck(connectivity, async () => {
    await discoverOnce();
    if (auth.issuerUrl === undefined) await requestServerDate(endpoint, context);
    return context.clocks.skewMs(endpoint.url.origin);
  });
  const acquired = tokenCheck([secret, ...connectivity, discovery, clientAuth], () =>
    acquireWithin(token, endpoint.clock),
  );
  const scopes = scopesCheck(auth.scopes ?? [], acquired, () => token.status().scopes);
  return { checks: [...connectivity, discovery, clientAuth, clock, acquired, scopes], usable: acquired };
}

/** The URL of the credential's authorization server, as the config has it. */
function serverUrl({ issuerUrl, tokenUrl }: OAuth2Auth): string {
  return issuerUrl ?? tokenUrl ?? '';
}

async function discoverMetadata(
  { issuerUrl, metadataUrl, insecureHttp = false }: OAuth2Auth,
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
