import { isBearingsError } from '@bearings/client/errors';
import { isCertificateMethod } from './client-auth/client-auth-method.ts';
import type { CertificateMethod, ClientAuthMethod } from './client-auth/client-auth-method.ts';

/** What is known of an error response. */
interface RemedyContext {
  readonly status: number;
  readonly oauthError?: string | undefined;
  /** How the client authenticated. Without it, a status alone is not taken for a refusal of the client. */
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  /** The `grant_type` that was sent. Default: `client_credentials`. */
  readonly grantType?: string | undefined;
}

const grantNames: ReadonlyMap<string | undefined, string> = new Map([
  ['authorization_code', 'the authorization code grant'],
  ['refresh_token', 'the refresh token grant'],
  ['urn:ietf:params:oauth:grant-type:device_code', 'the device grant (RFC 8628)'],
  ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'the JWT bearer grant (RFC 7523)'],
  ['urn:ietf:params:oauth:grant-type:token-exchange', 'token exchange (RFC 8693)'],
]);

/** Which setting to check, for the errors that only a person can correct (RFC 6749 §5.2, RFC 8707 §2). */
const remedies: ReadonlyMap<string, string> = new Map(
  Object.entries({
    unauthorized_client: 'Check clientId: the server does not know this client, or does not allow it {grant}',
    invalid_client_id: 'Check clientId: the server does not know it',
    invalid_scope: 'Check scopes: the server does not know one of them, or does not allow it to this client',
    unsupported_grant_type: 'Check issuerUrl or tokenEndpoint: this server does not offer {grant}',
    invalid_target: 'Check audience and resource: the server does not know one of them',
    access_denied: 'Check audience and scopes: the server does not allow them to this client',
  }),
);

const refusedClient = 'Check clientId, the secret or key, and clientAuthMethod';
const refusedAssertion =
  "Check clientId, the key with its keyId and certificate, assertionAudience (some servers expect the token endpoint's URL, others the issuer), and this machine's clock";
const refusedCertificate: Readonly<Record<CertificateMethod, string>> = {
  tls_client_auth:
    'Check clientId and the client certificate of network (tls.cert): its subject must be the one that is registered for this client, and the server must trust its issuer',
  self_signed_tls_client_auth:
    "Check clientId and the client certificate of network (tls.cert): the server must have it in this client's registered keys (jwks)",
};
const forbidden = `${refusedClient}, and whether a gateway lets this machine through`;
const moved = 'Check issuerUrl or tokenEndpoint: there is no token endpoint at this URL';

/** The next step for a person, after an error response to a token request. */
export function findRemedy({ status, oauthError, clientAuthMethod, grantType }: RemedyContext): string | undefined {
  const wasSent = clientAuthMethod !== undefined;
  if (oauthError === 'invalid_client' || (status === 401 && (wasSent || oauthError !== undefined))) {
    if (isCertificateMethod(clientAuthMethod)) return refusedCertificate[clientAuthMethod];
    return clientAuthMethod === 'private_key_jwt' ? refusedAssertion : refusedClient;
  }
  const grant = grantNames.get(grantType) ?? 'the client credentials grant';
  if (oauthError !== undefined) return remedies.get(oauthError)?.replace('{grant}', grant);
  if (!wasSent) return undefined;
  if (status === 403) return forbidden;
  return isMoved(status) ? moved : undefined;
}

/** The next step when a connection that presents a client certificate has failed; `undefined` when another cause is likely. */
export function findCertificateRemedy(cause: Error): string | undefined {
  const what = 'the client certificate of network (tls.cert, with its intermediates) and its key';
  if (isBearingsError(cause, 'TLS') && cause.reason.includes('_ALERT_')) return `Check ${what}`;
  if (!isBearingsError(cause, 'TRANSPORT') || !closed.has(cause.reason)) return undefined;
  return `A server that does not accept the client certificate closes the connection (TLS 1.3): check ${what}`;
}

/** How a connection ends that the server closes after the handshake. */
const closed: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** True for a status that says that the token endpoint is elsewhere: a redirect of a POST, 404, 405 or 410. */
export function isMoved(status: number): boolean {
  return [301, 302, 303, 307, 308, 404, 405, 410].includes(status);
}
