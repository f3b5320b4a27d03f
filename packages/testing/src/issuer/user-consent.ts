import { decideConsent, signedInAccount } from './consent.ts';
import type { IssuerContext } from './issuer-context.ts';
import type { OfflineCondition } from './issuer-options.ts';
import type { UserGrant } from './state/user-grant.ts';

/** What a client asks a user for. */
export interface ConsentContext {
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  /** The parameters of the authorization request. Empty for a device. */
  readonly params: URLSearchParams;
  /** The request of the browser. */
  readonly request: Request;
}

/** Asks the user for consent. `undefined`: denied. */
export function askUser(context: ConsentContext, issuer: IssuerContext): UserGrant | undefined {
  const { clientId, scopes, audience, params, request } = context;
  const loginHint = params.get('login_hint') ?? undefined;
  const signedIn = signedInAccount(request);
  const decision = decideConsent(issuer.consent(), { clientId, scopes, signedIn, loginHint, params });
  if (decision === undefined) return undefined;
  const grant = {
    ...decision,
    id: `grant-${issuer.grants.length + 1}`,
    clientId,
    audience,
    grantedAt: issuer.clock.now(),
    isOffline: isOffline(issuer.settings.offline, context) && !isRepeated(decision.account, context, issuer),
  };
  issuer.grants.push(grant);
  return grant;
}

/** A device has no parameters: it gets a refresh token unless the issuer asks for a scope. */
function isOffline(offline: OfflineCondition, { scopes, params }: ConsentContext): boolean {
  if (typeof offline === 'string') return offline === 'always';
  return 'scope' in offline ? scopes.includes(offline.scope) : params.get(offline.param) === offline.value;
}

/** True for the consent of an account that has consented before, at an issuer to which that makes a difference. */
function isRepeated(account: string, { clientId, params }: ConsentContext, issuer: IssuerContext): boolean {
  if (issuer.settings.quirks.refreshTokenAtFirstConsent !== true || params.get('prompt') === 'consent') return false;
  return issuer.grants.some((grant) => grant.clientId === clientId && grant.account === account);
}
