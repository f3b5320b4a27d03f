/** Why a certificate is not trusted, and what to do about it. */
export interface Distrust {
  readonly cause: string;
  readonly remedy: string;
}

/** What is known of a certificate that is not trusted. */
export interface DistrustFacts {
  /** What it was asked to be for. */
  readonly host: string;
  /** In milliseconds since the epoch. */
  readonly endsAt: number;
}

/** Reads OpenSSL's code. */
export function causeOfDistrust(code: string, { host, endsAt }: DistrustFacts): Distrust {
  if (code === 'CERT_HAS_EXPIRED') return { cause: `it ended on ${dateOf(endsAt)}`, remedy: 'Have it renewed' };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return {
      cause: `it is not for ${host}`,
      remedy: 'Use the name that it is for, or have it issued for this one too',
    };
  }
  return causes.get(code) ?? { cause: 'its chain does not hold', remedy: trustIt };
}

const trustIt = 'If it is your own authority, trust it: NODE_EXTRA_CA_CERTS=/path/to/ca.pem';

const unknownRoot: Distrust = { cause: 'nobody here knows the authority at the end of its chain', remedy: trustIt };

const causes: ReadonlyMap<string, Distrust> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { cause: 'it vouches for itself', remedy: trustIt }],
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownRoot],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownRoot],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownRoot],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    {
      cause: 'the server does not send who issued it',
      remedy:
        'Have the server send the whole chain; or, if it is your own authority, NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    },
  ],
  [
    'CERT_NOT_YET_VALID',
    { cause: 'it is not valid yet', remedy: 'Look at the clock of this machine; else the certificate begins later' },
  ],
  ['CERT_REVOKED', { cause: 'it was revoked', remedy: 'Have another one issued' }],
]);

const dateOf = (at: number): string => new Date(at).toISOString().slice(0, 10);
