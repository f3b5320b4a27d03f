import { jsonAnswer } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import type { AssertionContext } from './client-assertion.ts';
import { authenticateClient } from './client-authentication.ts';
import type { OAuthError } from './client-authentication.ts';
import type { RegisteredClient } from './registered-client.ts';
import type { IssuedTokens } from './issued-tokens.ts';

export interface TokenEndpointContext {
  readonly clients: readonly [RegisteredClient, ...RegisteredClient[]];
  readonly tokens: IssuedTokens;
  readonly lifetimeMs: number;
  /** What the check of a client assertion needs. */
  readonly assertions: () => AssertionContext;
}

/** Answers a token request strictly: the client credentials grant (RFC 6749 §4.4). */
export async function grantToken(
  request: Request,
  { clients, tokens, lifetimeMs, assertions }: TokenEndpointContext,
): Promise<Answer> {
  const params = new URLSearchParams(await request.text());
  const problem = findRequestError(request, params);
  if (problem !== undefined) return toErrorAnswer(problem);
  const client = authenticateClient({ headers: request.headers, params }, clients, assertions());
  if ('error' in client) return toErrorAnswer(client);
  const requested = params.get('scope')?.split(' ');
  const forbidden = requested?.find((scope) => client.scopes?.includes(scope) === false);
  if (forbidden !== undefined) return toErrorAnswer(invalidError('scope', 'The client may not request this scope'));
  const scopes = requested ?? client.scopes ?? [];
  const audience = [...params.getAll('audience'), ...params.getAll('resource')];
  const token = tokens.issue({ clientId: client.clientId, scopes, audience });
  const granted = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
  const body = { access_token: token, token_type: 'Bearer', expires_in: lifetimeMs / 1_000, ...granted };
  return jsonAnswer(body, 200, { 'cache-control': 'no-store' });
}

const form = 'application/x-www-form-urlencoded';

/** Checks the form of the request (RFC 6749 §3.2, §5.2). */
function findRequestError({ method, headers }: Request, params: URLSearchParams): OAuthError | undefined {
  if (method !== 'POST') return { ...invalidError('request', 'A token request must use POST'), status: 405 };
  if (!headers.get('content-type')?.startsWith(form)) return invalidError('request', `The body must be ${form}`);
  const names = [...params.keys()].filter((name) => name !== 'resource' && name !== 'audience');
  if (new Set(names).size < names.length) return invalidError('request', 'A parameter is repeated');
  const grant = params.get('grant_type');
  if (grant === null) return invalidError('request', 'grant_type is missing');
  if (grant === 'client_credentials') return undefined;
  return { status: 400, error: 'unsupported_grant_type', description: 'Only client_credentials is supported' };
}

function invalidError(what: 'request' | 'scope', description: string): OAuthError {
  return { status: 400, error: `invalid_${what}`, description };
}

function toErrorAnswer({ status, error, description, headers = {} }: OAuthError): Answer {
  return jsonAnswer({ error, error_description: description }, status, { 'cache-control': 'no-store', ...headers });
}
