import type { X509Certificate } from 'node:crypto';
import { TokenConfigError } from '../errors.ts';
import { nodeCrypto } from '../node/built-in.ts';
import { toBase64url } from '../sealing/base64.ts';
import type { ReadSigner, Signer } from './private-key.ts';

/** The certificate of a private key: PEM text, or a PEM file that is read at each acquisition. */
export type Certificate = string | { readonly file: string };

/**
 * Adds the thumbprints of a certificate to a signer, by which some servers find the key (RFC 7515 §4.1.7 and §4.1.8).
 * The same key and certificate give the same signer.
 *
 * @throws TokenConfigError when it is not a certificate; a file is checked when it is read
 */
export function withCertificate(readSigner: ReadSigner, certificate: Certificate): ReadSigner {
  const readText = createReader(certificate);
  let last: { readonly signer: Signer; readonly text: string; readonly signed: Signer } | undefined;
  return async () => {
    const [signer, text] = [await readSigner(), await readText()];
    if (last?.signer !== signer || last.text !== text) {
      last = { signer, text, signed: { ...signer, thumbprints: thumbprints(signer, text) } };
    }
    return last.signed;
  };
}

function createReader(certificate: Certificate): () => Promise<string> {
  if (typeof certificate === 'string') {
    parse(certificate);
    return async () => certificate;
  }
  const { file } = certificate;
  return async () => {
    try {
      const { readFile } = await import('node:fs/promises');
      return await readFile(file, 'utf8');
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'an error';
      throw new TokenConfigError('certificate', `file ${JSON.stringify(file)} cannot be read (${code})`);
    }
  };
}

function thumbprints({ key }: Signer, text: string): NonNullable<Signer['thumbprints']> {
  const certificate = parse(text);
  const { KeyObject } = nodeCrypto('certificate');
  const privateKey = key instanceof KeyObject ? key : KeyObject.from(key);
  if (!certificate.checkPrivateKey(privateKey)) throw new TokenConfigError('certificate', 'is not that of privateKey');
  return { x5t: encode(certificate.fingerprint), 'x5t#S256': encode(certificate.fingerprint256) };
}

/** Node writes a fingerprint as hex pairs with colons. */
const encode = (fingerprint: string): string =>
  toBase64url(Uint8Array.from(fingerprint.split(':'), (pair) => Number.parseInt(pair, 16)));

/** Of a chain, the first one: the certificate of the key. */
function parse(text: string): X509Certificate {
  const { X509Certificate: Parsed } = nodeCrypto('certificate');
  try {
    return new Parsed(text);
  } catch {
    throw new TokenConfigError('certificate', 'is not a certificate in PEM');
  }
}
