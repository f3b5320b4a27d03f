import type { CredentialAuth } from '@bearings/config';

/** True for a client that authenticates by the certificate of its network (RFC 8705 §2). */
export const usesCertificateMethod = (auth: CredentialAuth): boolean =>
  auth.type === 'oauth2_client_credentials' &&
  (auth.clientAuthMethod === 'tls_client_auth' || auth.clientAuthMethod === 'self_signed_tls_client_auth');

/** True when token requests go to the endpoint for client certificates: for the client, or for tokens that are bound. */
export const usesCertificate = (auth: CredentialAuth): boolean =>
  usesCertificateMethod(auth) || (auth.type === 'oauth2_client_credentials' && auth.certificateBoundTokens === true);
