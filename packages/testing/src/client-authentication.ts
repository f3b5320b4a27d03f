import type { JsonWebKey } from 'node:crypto';
import { assertedClient } from './client-assertion.ts';
import type { AssertionFacts } from './client-assertion.ts';

/** A client that an issuer knows. */
export interface RegisteredClient {
  readonly clientId: string;
  /** For `client_secret_basic` and `client_secret_post`. Several, while a secret is being changed. */
  readonly clientSecret?: string | readonly string[];
  /** For `private_key_jwt`: the public half, as a JWK. A client with neither is a public one. */
  readonly publicKey?: JsonWebKey;
  /** What it may ask for, and gets when it asks for nothing. Default: whatever it asks for. */
  readonly scopes?: readonly string[];
}

/** Why a client was not let in (RFC 6749 §5.2). */
export interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly description: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A token request, as far as it says who asks. */
export interface Asking {
  readonly headers: Headers;
  readonly params: URLSearchParams;
}

/** The client that a token request proves to come from, by RFC 6749 §2.3.1 or RFC 7523 §3, or why it proves nothing. */
export function authenticate(
  { headers, params }: Asking,
  clients: readonly RegisteredClient[],
  facts: AssertionFacts,
): RegisteredClient | Refusal {
  const basic = headers.get('authorization');
  const ways = [basic, params.get('client_secret'), params.get('client_assertion')].filter((way) => way !== null);
  if (ways.length > 1) {
    return { status: 400, error: 'invalid_request', description: 'More than one way of client authentication' };
  }
  const assertion = params.get('client_assertion');
  const client =
    assertion === null
      ? byPassword(basic === null ? [params.get('client_id'), params.get('client_secret')] : fromBasic(basic), clients)
      : assertedClient(assertion, clients, facts);
  if (client !== undefined) return client;
  const challenge = basic === null ? {} : { headers: { 'www-authenticate': 'Basic realm="token"' } };
  return { status: 401, error: 'invalid_client', description: 'Client authentication failed', ...challenge };
}

function byPassword(
  [id, secret]: readonly (string | null | undefined)[],
  clients: readonly RegisteredClient[],
): RegisteredClient | undefined {
  const client = clients.find(({ clientId }) => clientId === id);
  if (client === undefined || client.publicKey !== undefined) return undefined;
  const secrets = [client.clientSecret ?? []].flat();
  const isPublic = secrets.length === 0;
  return (isPublic && secret === null) || secrets.some((each) => each === secret) ? client : undefined;
}

/** Id and secret, each form-decoded (RFC 6749 Appendix B). */
function fromBasic(header: string): readonly (string | undefined)[] {
  const encoded = /^Basic ([\w+/=]+)$/i.exec(header)?.[1];
  if (encoded === undefined) return [];
  const [id, secret, ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
  return rest.length > 0 ? [] : [formDecoded(id), formDecoded(secret)];
}

function formDecoded(value = ''): string | undefined {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
