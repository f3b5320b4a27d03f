/**
 * How a client authenticates (RFC 6749 §2.3.1, RFC 7523 §2.2, RFC 8705 §2); `none` is for a public client. The certificate
 * of the two `tls` methods is that of the network.
 */
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

export const clientAuthMethods = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
  'none',
] as const;

/** The methods whose proof is the certificate of the TLS connection. */
export type CertificateMethod = ClientAuthMethod & ('tls_client_auth' | 'self_signed_tls_client_auth');

/** True for a method whose proof is the certificate of the TLS connection. */
export const isCertificateMethod = (method: ClientAuthMethod | undefined): method is CertificateMethod =>
  method === 'tls_client_auth' || method === 'self_signed_tls_client_auth';
