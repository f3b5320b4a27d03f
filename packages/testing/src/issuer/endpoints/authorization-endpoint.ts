import { textAnswer } from '../../server/answer.ts';
import type { Answer } from '../../server/answer.ts';
import { signInCookie } from '../consent.ts';
import type { IssuerContext } from '../issuer-context.ts';
import { oauthError } from '../oauth-error.ts';
import type { OAuthError } from '../oauth-error.ts';
import type { RegisteredClient } from '../registered-client.ts';
import { requestedAudience, requestedScopes } from '../requested-scopes.ts';
import type { UserGrant } from '../state/user-grant.ts';
import { askUser } from '../user-consent.ts';

/**
 * Answers an authorization request (RFC 6749 §4.1.1), with PKCE by S256 (RFC 7636).
 *
 * If the client or the redirect URI is not registered, the answer is a page: the browser is not redirected.
 */
export function answerAuthorizationRequest(request: Request, issuer: IssuerContext): Answer {
  const params = new URL(request.url).searchParams;
  const client = issuer.clients.find(({ clientId }) => clientId === params.get('client_id'));
  if (client === undefined) return textAnswer('invalid_client: the client is not registered', 400);
  const redirectUri = params.get('redirect_uri') ?? '';
  if (!URL.canParse(redirectUri) || client.redirectUris?.includes(redirectUri) === false) {
    return textAnswer('invalid_redirect_uri: the redirect URI is not registered', 400);
  }
  const grant = authorize(request, client, issuer);
  if ('error' in grant) {
    const { error, description } = grant;
    return redirect(redirectUri, { error, error_description: description, ...echoedParams(params, issuer) });
  }
  const code = issuer.codes.issue({
    grant,
    redirectUri,
    challenge: params.get('code_challenge') ?? '',
    nonce: params.get('nonce') ?? undefined,
  });
  return redirect(redirectUri, { code, ...echoedParams(params, issuer) }, grant.account);
}

function authorize(request: Request, client: RegisteredClient, issuer: IssuerContext): UserGrant | OAuthError {
  const params = new URL(request.url).searchParams;
  const problem = findRequestError(request, params);
  if (problem !== undefined) return problem;
  const scopes = requestedScopes(params, client);
  if ('error' in scopes) return scopes;
  const context = { clientId: client.clientId, scopes, audience: requestedAudience(params), params, request };
  return askUser(context, issuer) ?? oauthError('access_denied', 'The user denied the request');
}

function findRequestError({ method }: Request, params: URLSearchParams): OAuthError | undefined {
  if (method !== 'GET') return oauthError('invalid_request', 'The request must use GET');
  if (params.get('response_type') !== 'code') {
    return oauthError('unsupported_response_type', 'response_type must be code');
  }
  if (params.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/.test(params.get('code_challenge') ?? '')) {
    return oauthError('invalid_request', 'PKCE is required: code_challenge by code_challenge_method S256');
  }
  return undefined;
}

/** `state`, and `iss` (RFC 9207 §2). */
function echoedParams(
  params: URLSearchParams,
  { settings, issuerUrl }: IssuerContext,
): Readonly<Record<string, string>> {
  const state = params.get('state');
  return { ...(state === null ? {} : { state }), ...(settings.sendsIss ? { iss: issuerUrl() } : {}) };
}

function redirect(redirectUri: string, params: Readonly<Record<string, string>>, account?: string): Answer {
  const location = new URL(redirectUri);
  for (const [name, value] of Object.entries(params)) location.searchParams.set(name, value);
  const cookie = account === undefined ? {} : { 'set-cookie': signInCookie(account) };
  return textAnswer('', 302, { location: location.href, 'cache-control': 'no-store', ...cookie });
}
