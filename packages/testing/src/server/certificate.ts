import { generate } from 'selfsigned';

/** A private key and its certificate, both as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const dayMs = 86_400_000;

/**
 * Creates a self-signed certificate that is valid for a day. Clients trust it if they get `cert` as `ca`.
 *
 * @param endsAt - the end of its validity, in milliseconds since the epoch. Default: in a day
 */
export async function createCertificate(
  hosts: readonly string[] = ['127.0.0.1', 'localhost'],
  endsAt: number = Date.now() + dayMs,
): Promise<Certificate> {
  const altNames = hosts.map((host) =>
    /^[\d.]+$|:/.test(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host },
  );
  const { private: key, cert } = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(endsAt - dayMs),
    notAfterDate: new Date(endsAt),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key, cert };
}
