import type { IssuerContext } from './issuer-context.ts';
import type { UserGrant } from './state/user-grant.ts';

/** The members of a successful token response (RFC 6749 §5.1). */
export type TokenResponse = Readonly<Record<string, unknown>> & { readonly access_token: string };

/** What a token response contains. */
interface ResponseContext {
  /** The scopes of the access token. Default: all scopes of the grant. */
  readonly scopes?: readonly string[];
  /** The new refresh token, if there is one. */
  readonly refreshToken?: string | undefined;
  /** The nonce of the authorization request. */
  readonly nonce?: string | undefined;
}

/** Issues the access token, and for the scope `openid` the ID token, of what a user granted. */
export function createUserTokens(
  grant: UserGrant,
  { scopes = grant.scopes, refreshToken, nonce }: ResponseContext,
  issuer: IssuerContext,
): TokenResponse {
  const { clientId, account, audience, id: family } = grant;
  const { tokenLifetimeMs, refreshTokenLifetimeMs } = issuer.settings;
  const hasEnd = refreshToken !== undefined && refreshTokenLifetimeMs !== Infinity;
  return {
    access_token: issuer.tokens.issue({ clientId, account, scopes, audience, family }),
    token_type: 'Bearer',
    ...expiresIn(tokenLifetimeMs),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    ...(hasEnd ? { refresh_token_expires_in: refreshTokenLifetimeMs / 1_000 } : {}),
    ...(scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
    ...(scopes.includes('openid') ? { id_token: createIdToken(grant, nonce, issuer) } : {}),
  };
}

/** The member `expires_in`, which a token without end does not have. */
export function expiresIn(lifetimeMs: number): { readonly expires_in?: number } {
  return lifetimeMs === Infinity ? {} : { expires_in: lifetimeMs / 1_000 };
}

/** Issues the first tokens after consent, with a refresh token if the client asked for one. */
export function createFirstTokens(grant: UserGrant, nonce: string | undefined, issuer: IssuerContext): TokenResponse {
  const refreshToken = grant.isOffline ? issuer.refreshTokens.issue(grant) : undefined;
  return createUserTokens(grant, { refreshToken, nonce }, issuer);
}

/** OIDC Core §2. It is valid for 5 minutes. */
function createIdToken(grant: UserGrant, nonce: string | undefined, issuer: IssuerContext): string {
  const { clock } = issuer;
  const issuedAt = Math.floor(clock.now() / 1_000);
  return issuer.tokens.keys.jwt('JWT', {
    iss: issuer.issuerUrl(),
    ...accountClaims(grant.account, issuer),
    aud: grant.clientId,
    iat: issuedAt,
    exp: issuedAt + 300,
    auth_time: Math.floor(grant.grantedAt / 1_000),
    ...(nonce === undefined ? {} : { nonce }),
  });
}

/** The claims of an account: `sub`, and its other facts. */
export function accountClaims(account: string, { settings }: IssuerContext): Readonly<Record<string, unknown>> {
  const known = Object.hasOwn(settings.accounts, account) ? settings.accounts[account] : undefined;
  return { sub: account, ...(known ?? { email: `${account}@users.test` }) };
}
