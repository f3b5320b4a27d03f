import type { OAuth2Auth } from './oauth2-fields.ts';

const certificateMethods: ReadonlySet<unknown> = new Set(['tls_client_auth', 'self_signed_tls_client_auth']);

/** True for a `clientAuthMethod` whose proof is the certificate of the connection (RFC 8705 §2). */
export const isCertificateMethod = (method: unknown): boolean => certificateMethods.has(method);

/** True when token requests need the client certificate of the network: for the client, or for its tokens. */
export const usesCertificate = ({
  clientAuthMethod,
  certificateBoundTokens,
}: Pick<OAuth2Auth, 'clientAuthMethod' | 'certificateBoundTokens'>): boolean =>
  isCertificateMethod(clientAuthMethod) || certificateBoundTokens === true;
