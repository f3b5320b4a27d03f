import type { Clock } from '@bearings/client';
import type { Call } from '@bearings/client/layer';
import { clientAssertion } from './client-assertion.ts';
import type { AssertionContext } from './client-assertion.ts';
import { jwtAssertionType } from './given-assertion.ts';
import type { ReadThumbprint } from '@bearings/client/layer';
import { isCertificateMethod } from './client-auth-method.ts';
import type { CertificateMethod, ClientAuthMethod } from './client-auth-method.ts';
import type { Credential } from './credential.ts';
import { TokenConfigError } from '../errors.ts';
import type { Signer } from './private-key.ts';
import { toBase64 } from '../sealing/base64.ts';
import type { SecretString } from '../secret-string.ts';

/**
 * Chooses the authentication method that both sides support.
 *
 * @param supported - the list in the server's metadata; RFC 8414 §2 reads a missing list as `client_secret_basic`, but
 * a method that the config names is used all the same, because many servers list less than they support
 * @throws TokenConfigError when the list excludes it; the secret has not been sent
 */
export function chooseAuthMethod(
  methods: Credential['methods'],
  supported: readonly string[] | undefined,
): ClientAuthMethod {
  if (supported === undefined) return methods[0];
  const method = methods.find((each) => supported.includes(each));
  if (method !== undefined) return method;
  const offered = supported.map((each) => JSON.stringify(each.slice(0, 60))).join(', ');
  throw new TokenConfigError('clientAuthMethod', `is ${methods.join(' or ')}, but the server supports only ${offered}`);
}

/** A token request that is about to be sent. */
interface TokenRequestDraft {
  readonly params: URLSearchParams;
  readonly headers: Pick<Call['headers'], 'setCredential'>;
}

/** Authenticates the client in one request. Applied to each attempt, so that no assertion is sent twice. */
export interface ClientAuthentication {
  readonly apply: (draft: TokenRequestDraft) => void | Promise<void>;
  readonly method: ClientAuthMethod;
  /** Which of two secrets it uses. */
  readonly secret?: 'current' | 'previous';
  /** What must not be shown. */
  readonly secrets: readonly string[];
  /** Equal for two authentications with the same secret or key. */
  readonly identity: unknown;
}

/** The client, the server and the clock. */
export interface ClientAuthContext {
  readonly clientId: string;
  readonly issuer: string;
  readonly clock: Clock;
  /** False when a request without authentication names no client: its grant does (RFC 7523 §2.1). */
  readonly namesClient: boolean;
  /** Of the client certificate of the network, for the methods that authenticate by it. */
  readonly readThumbprint?: ReadThumbprint | undefined;
}

/**
 * Reads the secrets or the key.
 *
 * @returns the authentications to try, in order: the second only when the server does not accept the first
 * @throws TokenError when the secret or the key is not available
 */
export async function clientAuthentications(
  method: ClientAuthMethod,
  credential: Credential,
  context: ClientAuthContext,
): Promise<readonly [ClientAuthentication, ...ClientAuthentication[]]> {
  const { secrets, signer, assertion, audience } = credential;
  const { clientId } = context;
  if (method === 'none') return [publicClient(clientId, context.namesClient)];
  if (isCertificateMethod(method)) return [certified(method, clientId, await context.readThumbprint?.())];
  if (assertion !== undefined) {
    const request = { clientId, audience: audience ?? context.issuer };
    return [asserted(assertion.type, await assertion.read(request, context.clock), clientId)];
  }
  if (signer !== undefined) return [signed(await signer(), { ...context, audience: audience ?? context.issuer })];
  const [first, ...others] = (await secrets?.()) ?? [];
  if (first === undefined) throw new TokenConfigError('clientSecret', `is missing: ${method} needs it`);
  const authenticate = method === 'client_secret_post' ? inBody : inHeader;
  const current = authenticate(first, clientId, credential);
  if (others.length === 0) return [current];
  const previous = others.map((each) => ({ ...authenticate(each, clientId, credential), secret: 'previous' as const }));
  return [{ ...current, secret: 'current' }, ...previous];
}

function publicClient(clientId: string, isNamed: boolean): ClientAuthentication {
  return {
    apply: ({ params }) => void (isNamed && params.set('client_id', clientId)),
    method: 'none',
    secrets: [],
    identity: clientId,
  };
}

/** The proof is in the TLS connection: the request names the client alone (RFC 8705 §2). */
function certified(method: CertificateMethod, clientId: string, thumbprint: string | undefined): ClientAuthentication {
  const apply = ({ params }: TokenRequestDraft): void => params.set('client_id', clientId);
  return { apply, method, secrets: [], identity: thumbprint };
}

function inBody(secret: SecretString, clientId: string): ClientAuthentication {
  const value = secret.expose();
  const apply = ({ params }: TokenRequestDraft): void => {
    params.set('client_id', clientId);
    params.set('client_secret', value);
  };
  return { apply, method: 'client_secret_post', secrets: [value], identity: value };
}

/** RFC 6749 §2.3.1: both parts form-urlencoded (Appendix B) unless the config says `raw`, joined, then base64. */
function inHeader(secret: SecretString, clientId: string, { isRaw }: Credential): ClientAuthentication {
  const value = secret.expose();
  const pair = isRaw ? `${clientId}:${value}` : `${formEncode(clientId)}:${formEncode(value)}`;
  const encoded = toBase64(pair);
  return {
    apply: ({ headers }) => headers.setCredential('authorization', `Basic ${encoded}`),
    method: 'client_secret_basic',
    secrets: [value, encoded],
    identity: value,
  };
}

/** application/x-www-form-urlencoded, as the URL standard writes it. */
export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

/** An assertion of another party. It may be sent more than once: its issuer says how long it is valid. */
function asserted(type: string, assertion: string, clientId: string): ClientAuthentication {
  const apply = ({ params }: TokenRequestDraft): void => {
    params.set('client_id', clientId);
    params.set('client_assertion_type', type);
    params.set('client_assertion', assertion);
  };
  return { apply, method: 'private_key_jwt', secrets: [assertion], identity: assertion };
}

function signed(signer: Signer, context: AssertionContext): ClientAuthentication {
  const apply = async ({ params }: TokenRequestDraft): Promise<void> => {
    params.set('client_id', context.clientId);
    params.set('client_assertion_type', jwtAssertionType);
    params.set('client_assertion', await clientAssertion(signer, context));
  };
  return { apply, method: 'private_key_jwt', secrets: [], identity: signer };
}
