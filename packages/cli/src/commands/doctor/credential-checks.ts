import type { Clock } from '@bearings/client';
import { AttemptTimeoutError } from '@bearings/client/errors';
import { grantIssuer, grantServer } from '@bearings/config';
import type { AuthorizationCodeAuth, Config, ConfiguredCredential, OAuth2Auth } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { discover, DiscoveryUnavailableError } from '@bearings/oidc-discovery';
import type { ServerMetadata } from '@bearings/oidc-discovery';
import { Err } from 'ts-results';
import { usesCertificate } from '../../config/client-certificate.ts';
import { acquireWithin, acquireLimitMs } from '../../time/acquire-within.ts';
import { TimeLimitError, withTimeout } from '../../time/with-timeout.ts';
import { assertionChecks } from './assertion-checks.ts';
import type { Check, CheckGroup } from './check.ts';
import { clientAuthCheck } from './client-auth-check.ts';
import { clockCheck } from './clock-check.ts';
import { discoveryCheck } from './discovery-check.ts';
import type { Discovery } from './discovery-check.ts';
import { once } from './endpoint.ts';
import type { Endpoint } from './endpoint.ts';
import { toFetch } from '../../terminal/network.ts';
import { requestFacts } from './request-facts.ts';
import type { Route } from './route.ts';
import { routeChecks } from './route-checks.ts';
import { scopesCheck } from './scopes-check.ts';
import { secretCheck } from './secret-check.ts';
import { findStrongerMethods } from './stronger-methods.ts';
import type { TrackedResponses } from './tracked-responses.ts';
import { tokenCheck } from './token-check.ts';

/** What the checks of a credential use. */
export interface CredentialContext {
  readonly config: Pick<Config, 'readSecret'>;
  readonly findEndpoint: (url: string) => Endpoint;
  /** How requests to a URL go, by the network of the credential. */
  readonly findRoute: (url: string) => Route | undefined;
  readonly responses: TrackedResponses;
  /** That of the token: discovery shares its document only with callers that have the same. */
  readonly random: () => number;
  readonly clock: Clock;
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
  if (auth.type === 'google_service_account') {
    const acquired = googleTokenCheck(token, secret, context.clock);
    return { title: `${title}: a service account of Google`, checks: [secret, acquired], usable: acquired };
  }
  if (!('clientId' in auth)) {
    return { title: `${title}: ${auth.type}`, checks: [secret], usable: secret };
  }
  const server = toServer(auth);
  const { checks, usable } = oauth2Checks({ auth, server, token, secret }, context);
  return { title: `${title}: ${auth.clientId} at ${server.name}`, checks: [secret, ...checks], usable };
}

/** The key file names the token endpoint, so the token alone shows whether it is reached. */
const googleTokenCheck = (token: TokenHandle, secret: Check, clock: Clock): Check =>
  tokenCheck('token', [secret], async () => ({
    result: await acquireWithin(token, clock),
    facts: { grant: 'google_service_account' },
    answer: undefined,
    stronger: undefined,
  }));

/** An authorization server, as the config has it. */
interface Server extends Pick<OAuth2Auth, 'issuerUrl' | 'metadataUrl' | 'insecureHttp'> {
  /** The issuer, else the token endpoint. */
  readonly name: string;
  /** Where the first request goes: the metadata may be at another host than the issuer. */
  readonly url: string;
}

function toServer(auth: OAuth2Auth | AuthorizationCodeAuth): Server {
  const { insecureHttp } = auth;
  if (auth.type === 'oauth2_authorization_code') {
    return { name: grantServer(auth), url: grantServer(auth), issuerUrl: grantIssuer(auth), insecureHttp };
  }
  const { issuerUrl, metadataUrl, tokenUrl } = auth;
  const name = issuerUrl ?? tokenUrl ?? '';
  return { name, url: metadataUrl ?? name, issuerUrl, metadataUrl, insecureHttp };
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
    return context.responses.skewMs(endpoint.url.origin);
  });
  const findTokenEndpoint = async (): Promise<string> => {
    const discovered = await discoverOnce();
    return discovered?.isOk() === true ? tokenEndpoint(auth, discovered.value) : server.name;
  };
  const assertions = isClient ? assertionChecks(auth, { config: context.config, clock: endpoint.clock }) : [];
  const needed = [secret, ...assertions, ...connectivity, discovery, ...clientAuth];
  const acquired = tokenCheck(isClient ? 'token' : 'login', needed, async () => ({
    result: await acquireWithin(token, endpoint.clock),
    facts: requestFacts(auth, await discoverOnce()),
    answer: context.responses.lastAnswer(await findTokenEndpoint()),
    stronger: findStrongerMethods(auth, await discoverOnce()),
  }));
  const scopes = scopesCheck(auth.scopes ?? [], acquired, async () => {
    const isNamed = !isClient || (await context.responses.namesScopes(await findTokenEndpoint())) !== false;
    return { granted: token.status().scopes, isNamed };
  });
  return {
    checks: [...assertions, ...connectivity, discovery, ...clientAuth, clock, acquired, scopes],
    usable: acquired,
  };
}

/** Where the token is requested: requests with a client certificate go to an alias, when the server has one (RFC 8705 §5). */
function tokenEndpoint(auth: OAuth2Auth | AuthorizationCodeAuth, metadata: ServerMetadata): string {
  const alias: unknown = Object(metadata['mtls_endpoint_aliases'])['token_endpoint'];
  return usesCertificate(auth) && typeof alias === 'string' ? alias : metadata.token_endpoint;
}

async function discoverMetadata(
  { issuerUrl, metadataUrl, insecureHttp = false }: Server,
  { url, clock }: Endpoint,
  { responses: { fetch }, findRoute, random }: CredentialContext,
): Promise<Discovery> {
  if (issuerUrl === undefined) return undefined;
  const transport = findRoute(metadataUrl ?? issuerUrl)?.transport;
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
async function requestServerDate({ url, clock }: Endpoint, { responses, findRoute }: CredentialContext): Promise<void> {
  try {
    const fetch = toFetch(responses, findRoute(url.href)?.transport);
    const init = { method: 'HEAD', redirect: 'manual' } as const;
    await withTimeout(acquireLimitMs, clock, (signal) => fetch(url, { ...init, signal }));
  } catch {
    // the token check reports a server that does not answer
  }
}
