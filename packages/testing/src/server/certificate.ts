import { generate } from 'selfsigned';

/** A private key and its certificate, both as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const dayMs = 86_400_000;

/**
 * Creates a certificate that is valid for a day. Self-signed, clients trust it if they get `cert` as `ca`.
 *
 * @param endsAt - the end of its validity, in milliseconds since the epoch. Default: in a day
 * @param issuer - the authority that signs it, which it then is not itself: Deno refuses an authority as a server. Default: itself
 */
export async function createCertificate(
  hosts: readonly string[] = ['127.0.0.1', 'localhost'],
  endsAt: number = Date.now() + dayMs,
  issuer?: Certificate,
): Promise<Certificate> {
  const isAuthority = issuer === undefined;
  const altNames = hosts.map((host) =>
    /^[\d.]+$|:/.test(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
  );
  const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    ...(issuer !== undefined && { ca: issuer }),
    notBeforeDate: new Date(endsAt - dayMs),
    notAfterDate: new Date(endsAt),
    extensions: [
      { name: 'basicConstraints', cA: isAuthority, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: isAuthority, critical: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key, cert };
}
