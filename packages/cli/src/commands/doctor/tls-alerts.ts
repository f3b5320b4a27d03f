/** What a server says about the client's certificate. */
export interface TlsAlert {
  readonly cause: string;
  readonly remedy: string;
}

/** Explains the code of a TLS alert about the client's certificate (RFC 8446 §6.2); `undefined` for other codes. */
export function describeTlsAlert(code: string): TlsAlert | undefined {
  return alerts.find(([pattern]) => pattern.test(code))?.[1];
}

const alerts: readonly (readonly [RegExp, TlsAlert])[] = [
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
