import { AttemptTimeoutError } from '@bearings/client/errors';
import type { Config, ConfiguredCredential, OAuth2Auth } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { discover, DiscoveryUnavailableError } from '@bearings/oidc-discovery';
import { Err } from 'ts-results';
import { acquired, acquireLimitMs } from '../../acquire-within.ts';
import type { Check, Subject } from './check.ts';
import { clientAuthCheck } from './client-auth.ts';
import { clockCheck } from './clock-skew.ts';
import type { ClockWatch } from './clock-watch.ts';
import { discoveryCheck } from './discovery.ts';
import type { Discovery } from './discovery.ts';
import { once } from './place.ts';
import type { Place } from './place.ts';
import { reachChecks } from './reach.ts';
import { scopesCheck } from './scopes.ts';
import { secretCheck } from './secret.ts';
import { TookTooLongError, within } from './within.ts';
import { tokenCheck } from './token.ts';

/** What a credential is looked at with. */
export interface CredentialParts {
  readonly config: Pick<Config, 'readSecret'>;
  readonly place: (url: string) => Place;
  readonly watch: ClockWatch;
}

/** The checks of a credential, and the one that its clients need. */
export interface CredentialSubject extends Subject {
  readonly proof: Check;
}

/** A credential: of an OAuth client up to the scopes of its token, of any other its secret. */
export function credentialSubject(
  { clients, auth }: ConfiguredCredential,
  token: TokenHandle,
  parts: CredentialParts,
): CredentialSubject {
  const title = `Credential of ${clients.join(', ')}`;
  const secret = secretCheck(parts.config, auth);
  if (auth.type !== 'oauth2_client_credentials')
    return { title: `${title}: ${auth.type}`, checks: [secret], proof: secret };
  const { checks, proof } = oauth2Checks({ auth, token, secret }, parts);
  return { title: `${title}: ${auth.clientId} at ${serverOf(auth)}`, checks: [secret, ...checks], proof };
}

interface OAuth2Case {
  readonly auth: OAuth2Auth;
  readonly token: TokenHandle;
  readonly secret: Check;
}

/** The checks of an OAuth client, with its token as what its clients need. */
function oauth2Checks({ auth, token, secret }: OAuth2Case, parts: CredentialParts): Omit<CredentialSubject, 'title'> {
  const place = parts.place(serverOf(auth));
  const reach = reachChecks(place);
  const ask = once(() => discovered(auth, place, parts));
  const discovery = discoveryCheck(reach, ask);
  const method = clientAuthCheck(auth, discovery, ask);
  const clock = clockCheck(reach, async () => {
    await ask();
    if (auth.issuerUrl === undefined) await greet(place, parts);
    return parts.watch.aheadMs(place.url.origin);
  });
  const proof = tokenCheck([secret, ...reach, discovery, method], () => acquired(token, place.clock));
  const scopes = scopesCheck(auth.scopes ?? [], proof, () => token.status().scopes);
  return { checks: [...reach, discovery, method, clock, proof, scopes], proof };
}

/** Where the credential's tokens come from, as the config says it. */
function serverOf({ issuerUrl, tokenUrl }: OAuth2Auth): string {
  return issuerUrl ?? tokenUrl ?? '';
}

async function discovered(
  { issuerUrl, insecureHttp = false }: OAuth2Auth,
  { url, clock }: Place,
  { watch: { fetch } }: CredentialParts,
): Promise<Discovery> {
  if (issuerUrl === undefined) return undefined;
  try {
    return await within(acquireLimitMs, clock, () => discover(issuerUrl, { insecureHttp, fetch, clock }));
  } catch (cause) {
    if (!(cause instanceof TookTooLongError)) throw cause;
    return Err(new DiscoveryUnavailableError(issuerUrl, new AttemptTimeoutError(url.origin, acquireLimitMs)));
  }
}

/** Asks a token endpoint for nothing, to learn what time it is there. */
async function greet({ url, clock }: Place, { watch }: CredentialParts): Promise<void> {
  try {
    const hello = { method: 'HEAD', redirect: 'manual' } as const;
    await within(acquireLimitMs, clock, (signal) => watch.fetch(url, { ...hello, signal }));
  } catch {
    // that there is no answer is told by the check of the token
  }
}
