import { oauthError } from './oauth-error.ts';
import type { OAuthError } from './oauth-error.ts';
import type { RegisteredClient } from './registered-client.ts';

/** The requested scopes, or those of the client if the request has none (RFC 6749 §3.3). */
export function requestedScopes(params: URLSearchParams, client: RegisteredClient): readonly string[] | OAuthError {
  const requested = params.get('scope')?.split(' ');
  const forbidden = requested?.find((scope) => client.scopes?.includes(scope) === false);
  if (forbidden !== undefined) return oauthError('invalid_scope', 'The client may not request this scope');
  return requested ?? client.scopes ?? [];
}

/** The audience of a request: `audience`, and the resources of RFC 8707. */
export function requestedAudience(params: URLSearchParams): readonly string[] {
  return [...params.getAll('audience'), ...params.getAll('resource')];
}
