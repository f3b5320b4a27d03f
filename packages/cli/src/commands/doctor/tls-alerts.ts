/** Why a server ends a handshake. */
export interface TlsAlert {
  readonly cause: string;
  readonly remedy: string;
}

/** Explains the code of a TLS alert (RFC 8446 §6.2); `undefined` for other codes. */
export function describeTlsAlert(code: string): TlsAlert | undefined {
  return alerts.find(([pattern]) => pattern.test(code))?.[1];
}

const alerts: readonly (readonly [RegExp, TlsAlert])[] = [
  [
    /ALERT_PROTOCOL_VERSION$|UNSUPPORTED_PROTOCOL$|VERSION_TOO_LOW$/,
    {
      cause: 'the server and this machine have no version of TLS in common',
      remedy:
        'Enable TLS 1.2 or 1.3 on the server: this machine refuses older versions (Node.js allows them with --tls-min-v1.0)',
    },
  ],
  [
    /ALERT_HANDSHAKE_FAILURE$|NO_SHARED_CIPHER$|ALERT_INSUFFICIENT_SECURITY$/,
    {
      cause: 'the server and this machine have no cipher in common',
      remedy:
        'Ask the operator of the server which ciphers and key types it allows; or it requires a client certificate',
    },
  ],
  [
    /ALERT_UNRECOGNIZED_NAME$/,
    {
      cause: 'the server has no certificate for this name',
      remedy: 'Correct the host in the URL: this server does not know it (SNI)',
    },
  ],
  [
    /ALERT_CERTIFICATE_REQUIRED$/,
    {
      cause: 'the server requires a client certificate',
      remedy: 'Set certFile and keyFile in network of the config: the server requires a client certificate',
    },
  ],
  [
    /ALERT_CERTIFICATE_EXPIRED$/,
    {
      cause: 'the server says that the client certificate has expired',
      remedy: 'Renew the files of certFile and keyFile in network',
    },
  ],
  [
    /ALERT_(?:BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_UNKNOWN|CERTIFICATE_REVOKED|UNSUPPORTED_CERTIFICATE)$/,
    {
      cause: 'the server rejects the client certificate',
      remedy: 'Check certFile in network: the server must trust its authority',
    },
  ],
];
