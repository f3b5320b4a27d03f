import type { IssuerContext } from '../issuer-context.ts';
import { oauthError } from '../oauth-error.ts';
import type { OAuthError } from '../oauth-error.ts';
import type { RegisteredClient } from '../registered-client.ts';
import { authenticateClient } from './client-authentication.ts';

/** A request of a client that is authenticated. */
interface ClientRequest {
  readonly client: RegisteredClient;
  readonly params: URLSearchParams;
}

const form = 'application/x-www-form-urlencoded';

/** Reads a request of a client to an endpoint that needs client authentication. Returns the request or the error. */
export async function readClientRequest(
  request: Request,
  { clients, assertions }: IssuerContext,
): Promise<ClientRequest | OAuthError> {
  const params = new URLSearchParams(await request.text());
  const problem = findRequestError(request, params);
  if (problem !== undefined) return problem;
  const client = authenticateClient({ headers: request.headers, params }, clients, assertions());
  return 'error' in client ? client : { client, params };
}

/** Checks the form of the request (RFC 6749 §3.2). */
function findRequestError({ method, headers }: Request, params: URLSearchParams): OAuthError | undefined {
  if (method !== 'POST') return { ...oauthError('invalid_request', 'The request must use POST'), status: 405 };
  if (!headers.get('content-type')?.startsWith(form)) return oauthError('invalid_request', `The body must be ${form}`);
  const names = [...params.keys()].filter((name) => name !== 'resource' && name !== 'audience');
  return new Set(names).size < names.length ? oauthError('invalid_request', 'A parameter is repeated') : undefined;
}
