import type { ConnectionConfig } from '../connection/connection-config.ts';
import { scopeParams } from '../providers/scope-params.ts';
import { hashText } from './flow-secret.ts';
import type { FlowSecret } from './flow-secret.ts';

/** What one authorization request asks for. */
export interface AuthorizationRequest {
  /** The server's authorization endpoint. */
  readonly endpoint: string;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly secret: FlowSecret;
  /** The resources that the token is for (RFC 8707). */
  readonly resources: readonly string[];
}

/**
 * The URL of the authorization server that asks for consent (RFC 6749 §4.1.1), always with PKCE by S256 (RFC 7636 §4.3).
 *
 * `prompt=consent` is added with `offline_access` of OpenID Connect, whose §11 requires it: some servers issue no refresh
 * token without it. With a key that tokens are bound to, the code is bound to it as well (`dpop_jkt`, RFC 9449 §10): it is
 * of no use to another client. `authParams` replace any of it; an empty value removes a parameter. The parameters that protect
 * the flow cannot be replaced.
 */
export function authorizationUrl(config: ConnectionConfig, request: AuthorizationRequest): URL {
  const { endpoint, redirectUri, scopes, secret, resources } = request;
  const url = new URL(endpoint);
  const { searchParams: query } = url;
  const isOpenId = scopes.includes('openid');
  if (isOpenId && scopes.includes('offline_access')) query.set('prompt', 'consent');
  for (const [name, value] of Object.entries(config.authParams ?? {})) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  query.set('response_type', 'code');
  query.set('client_id', config.clientId);
  query.set('redirect_uri', redirectUri);
  for (const [name, value] of Object.entries(scopeParams(config, scopes))) query.set(name, value);
  query.set('state', secret.state);
  query.set('code_challenge', hashText(secret.verifier));
  query.set('code_challenge_method', 'S256');
  if (isOpenId) query.set('nonce', secret.nonce);
  if (secret.binding !== undefined) query.set('dpop_jkt', secret.binding.thumbprint);
  for (const resource of resources) query.append('resource', resource);
  return url;
}
