/** Alerts of a server that are about the certificate of the client (RFC 8446 §6.2), by their names in Node's codes. */
const alerts: ReadonlyMap<string, string> = new Map([
  ['CERTIFICATE_REQUIRED', 'the server requires a client certificate'],
  ['HANDSHAKE_FAILURE', 'the server refused the handshake, as it does without a client certificate that it requires'],
  ['UNKNOWN_CA', 'the server does not trust the issuer of the client certificate'],
  ['CERTIFICATE_EXPIRED', 'the client certificate has expired'],
  ['CERTIFICATE_REVOKED', 'the client certificate is revoked'],
  ['BAD_CERTIFICATE', 'the server refused the client certificate'],
  ['UNSUPPORTED_CERTIFICATE', 'the server refused the client certificate'],
  ['CERTIFICATE_UNKNOWN', 'the server refused the client certificate'],
  ['ACCESS_DENIED', 'the server refused the client certificate'],
]);

/**
 * The problem of the client certificate that an alert of the server reports; `undefined` for another code.
 *
 * @param code - of Node, such as `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED`
 */
export function describeTlsAlert(code: string): string | undefined {
  const [, name = ''] = code.split('_ALERT_');
  return alerts.get(name);
}
