/** Why a certificate is not trusted, and what to do about it. */
export interface CertificateError {
  readonly cause: string;
  readonly remedy: string;
}

/** What is known about an untrusted certificate. */
export interface CertificateFacts {
  /** The host that was called. */
  readonly host: string;
  /** In milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Explains OpenSSL's code. */
export function describeCertificateError(code: string, { host, endsAt }: CertificateFacts): CertificateError {
  if (code === 'CERT_HAS_EXPIRED')
    return { cause: `it expired on ${formatDate(endsAt)}`, remedy: 'Renew the certificate' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      cause: `it is not for ${host}`,
      remedy: 'Use the name in the certificate, or add this name to the certificate',
    };
  }
  return causes.get(code) ?? { cause: 'its chain is not valid', remedy: trustIt };
}

const trustIt =
  'If this is your own certificate authority, trust it: caFile in network of the config, or NODE_EXTRA_CA_CERTS=/path/to/ca.pem';

const unknownRoot: CertificateError = { cause: 'this machine does not trust the root of its chain', remedy: trustIt };

const causes: ReadonlyMap<string, CertificateError> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { cause: 'it is self-signed', remedy: trustIt }],
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownRoot],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownRoot],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownRoot],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    {
      cause: 'the server does not send the intermediate certificates',
      remedy:
        'Configure the server to send the whole chain; for your own authority set caFile in network of the config, or NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    },
  ],
  [
    'CERT_NOT_YET_VALID',
    { cause: 'it is not valid yet', remedy: 'Check the clock of this machine, and the start date of the certificate' },
  ],
  ['CERT_REVOKED', { cause: 'it was revoked', remedy: 'Issue a new certificate' }],
]);

const formatDate = (at: number): string => new Date(at).toISOString().slice(0, 10);
