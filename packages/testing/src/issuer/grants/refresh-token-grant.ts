import { oauthError } from '../oauth-error.ts';
import type { OAuthError } from '../oauth-error.ts';
import { createUserTokens } from '../token-response.ts';
import type { UserGrant } from '../state/user-grant.ts';
import type { Grant, GrantRequest } from './grant-request.ts';

/** RFC 6749 §6, with the rotation that the issuer is set to. */
export const refreshTokenGrant: Grant = (request) => {
  const { params, issuer } = request;
  const grant = findGrant(request);
  if ('error' in grant) return grant;
  const scopes = params.get('scope')?.split(' ');
  if (scopes?.every((scope) => grant.scopes.includes(scope)) === false) {
    return oauthError('invalid_scope', 'The user has not granted this scope');
  }
  issuer.refreshTokens.counts.refreshes += 1;
  if (issuer.settings.oldAccessTokenDiesOnRefresh) issuer.tokens.revokeAll(grant.id);
  const refreshToken = replaceToken(grant, request);
  return createUserTokens(grant, { ...(scopes === undefined ? {} : { scopes }), refreshToken }, issuer);
};

function findGrant({ client, params, issuer }: GrantRequest): UserGrant | OAuthError {
  const token = params.get('refresh_token');
  if (token === null) return oauthError('invalid_request', 'refresh_token is missing');
  const found = issuer.refreshTokens.find(token);
  if (found === undefined) return oauthError('invalid_grant', 'The refresh token is not known');
  if (found.grant.clientId !== client.clientId) {
    return oauthError('invalid_grant', 'The refresh token is for another client');
  }
  if (found.state === 'active') return found.grant;
  if (found.state === 'reused') revokeFamily(found.grant, issuer);
  return oauthError('invalid_grant', `The refresh token is ${found.state}`);
}

function revokeFamily({ id }: UserGrant, { tokens, refreshTokens }: GrantRequest['issuer']): void {
  refreshTokens.counts.reuses += 1;
  tokens.revokeAll(id);
  refreshTokens.revokeGrant(id);
}

/** Retires the token and returns the new one. Without rotation, it stays valid and there is no new one. */
function replaceToken(grant: UserGrant, { params, issuer, onSent }: GrantRequest): string | undefined {
  const { rotation } = issuer.settings;
  if (rotation === 'none') return undefined;
  const retire = (): void => issuer.refreshTokens.retire(params.get('refresh_token') ?? '');
  if (rotation === 'race') onSent(retire);
  else retire();
  return issuer.refreshTokens.issue(grant);
}
