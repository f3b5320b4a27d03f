import { verifyClientAssertion } from './client-assertion.ts';
import type { AssertionContext } from './client-assertion.ts';
import { oauthError } from '../oauth-error.ts';
import type { OAuthError } from '../oauth-error.ts';
import type { RegisteredClient } from '../registered-client.ts';

/** The parts of a token request that identify the client. */
export interface ReceivedTokenRequest {
  readonly headers: Headers;
  readonly params: URLSearchParams;
}

/** Authenticates the client of a token request (RFC 6749 §2.3.1, RFC 7523 §3). Returns the client or the error. */
export function authenticateClient(
  { headers, params }: ReceivedTokenRequest,
  clients: readonly RegisteredClient[],
  facts: AssertionContext,
): RegisteredClient | OAuthError {
  const basic = headers.get('authorization');
  const methods = [basic, params.get('client_secret'), params.get('client_assertion')].filter(
    (method) => method !== null,
  );
  if (methods.length > 1) {
    return oauthError('invalid_request', 'More than one method of client authentication');
  }
  const assertion = params.get('client_assertion');
  const client =
    assertion === null
      ? findBySecret(
          basic === null ? [params.get('client_id'), params.get('client_secret')] : parseBasic(basic),
          clients,
        )
      : verifyClientAssertion(assertion, clients, facts);
  if (client !== undefined) return client;
  const challenge = basic === null ? {} : { headers: { 'www-authenticate': 'Basic realm="token"' } };
  return { status: 401, error: 'invalid_client', description: 'Client authentication failed', ...challenge };
}

function findBySecret(
  [id, secret]: readonly (string | null | undefined)[],
  clients: readonly RegisteredClient[],
): RegisteredClient | undefined {
  const client = clients.find(({ clientId }) => clientId === id);
  if (client === undefined || client.publicKey !== undefined) return undefined;
  const secrets = [client.clientSecret ?? []].flat();
  const isPublic = secrets.length === 0;
  return (isPublic && secret === null) || secrets.some((each) => each === secret) ? client : undefined;
}

/** Client id and secret, each form-decoded (RFC 6749 Appendix B). */
function parseBasic(header: string): readonly (string | undefined)[] {
  const encoded = /^Basic ([\w+/=]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return [];
  const [id, secret, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  return rest.length > 0 ? [] : [formDecode(id), formDecode(secret)];
}

function formDecode(value = ''): string | undefined {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
