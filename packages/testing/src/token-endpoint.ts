import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { AssertionFacts } from './client-assertion.ts';
import { authenticate } from './client-authentication.ts';
import type { Refusal, RegisteredClient } from './client-authentication.ts';
import type { IssuedTokens } from './issued-tokens.ts';

/** What a token endpoint needs. */
export interface TokenDesk {
  readonly clients: readonly [RegisteredClient, ...RegisteredClient[]];
  readonly tokens: IssuedTokens;
  readonly lifetimeMs: number;
  /** By what client assertions are judged. */
  readonly assertions: () => AssertionFacts;
}

/** Answers a token request: the client credentials grant (RFC 6749 §4.4), as strictly as a good server. */
export async function grantToken(
  request: Request,
  { clients, tokens, lifetimeMs, assertions }: TokenDesk,
): Promise<Answer> {
  const params = new URLSearchParams(await request.text());
  const problem = problemOf(request, params);
  if (problem !== undefined) return refuse(problem);
  const client = authenticate({ headers: request.headers, params }, clients, assertions());
  if ('error' in client) return refuse(client);
  const asked = params.get('scope')?.split(' ');
  const foreign = asked?.find((scope) => client.scopes?.includes(scope) === false);
  if (foreign !== undefined) return refuse(invalid('scope', 'The client may not ask for this scope'));
  const scopes = asked ?? client.scopes ?? [];
  const audience = [...params.getAll('audience'), ...params.getAll('resource')];
  const token = tokens.issue({ clientId: client.clientId, scopes, audience });
  const granted = scopes.length > 0 ? { scope: scopes.join(' ') } : {};
  const body = { access_token: token, token_type: 'Bearer', expires_in: lifetimeMs / 1_000, ...granted };
  return jsonAnswer(body, 200, { 'cache-control': 'no-store' });
}

const form = 'application/x-www-form-urlencoded';

/** What is wrong with the request itself (RFC 6749 §3.2, §5.2). */
function problemOf({ method, headers }: Request, params: URLSearchParams): Refusal | undefined {
  if (method !== 'POST') return { ...invalid('request', 'A token is asked for with POST'), status: 405 };
  if (!headers.get('content-type')?.startsWith(form)) return invalid('request', `The body must be ${form}`);
  const names = [...params.keys()].filter((name) => name !== 'resource' && name !== 'audience');
  if (new Set(names).size < names.length) return invalid('request', 'A parameter is there twice');
  const grant = params.get('grant_type');
  if (grant === null) return invalid('request', 'grant_type is missing');
  if (grant === 'client_credentials') return undefined;
  return { status: 400, error: 'unsupported_grant_type', description: 'Only client_credentials is supported' };
}

function invalid(what: 'request' | 'scope', description: string): Refusal {
  return { status: 400, error: `invalid_${what}`, description };
}

function refuse({ status, error, description, headers = {} }: Refusal): Answer {
  return jsonAnswer({ error, error_description: description }, status, { 'cache-control': 'no-store', ...headers });
}
