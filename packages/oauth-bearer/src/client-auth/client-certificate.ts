import type { Layer } from '@bearings/client';
import type { ReadThumbprint } from '@bearings/client/layer';
import { TokenConfigError } from '../errors.ts';
import { isCertificateMethod } from './client-auth-method.ts';
import type { ClientAuthMethod } from './client-auth-method.ts';

/** What of a config is about the client certificate. */
interface CertificateConfig {
  readonly clientAuthMethod?: ClientAuthMethod | undefined;
  readonly certificateBoundTokens?: boolean | undefined;
  readonly dpop?: unknown;
  readonly issuerUrl?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly network?: Layer | undefined;
}

/** The use of the client certificate of the network (RFC 8705). */
export interface CertificateUse {
  readonly readThumbprint: ReadThumbprint;
  /** True when tokens must be bound to it. */
  readonly isBound: boolean;
}

/**
 * @returns `undefined` when neither the client authenticates by a certificate nor tokens are bound to one
 * @throws TokenConfigError when the certificate is needed and the network has none
 */
export function readCertificateUse(config: CertificateConfig): CertificateUse | undefined {
  const { clientAuthMethod, certificateBoundTokens: isBound = false, dpop, network } = config;
  mustBe(typeof isBound === 'boolean', 'certificateBoundTokens', 'must be true or false');
  if (!isBound && !isCertificateMethod(clientAuthMethod)) return undefined;
  const field = isCertificateMethod(clientAuthMethod) ? 'clientAuthMethod' : 'certificateBoundTokens';
  const [url, value] =
    config.tokenEndpoint === undefined ? ['issuerUrl', config.issuerUrl] : ['tokenEndpoint', config.tokenEndpoint];
  const isTls = URL.parse(value ?? '')?.protocol === 'https:';
  mustBe(isTls, url, `must be https, because ${field} needs a client certificate, which http does not have`);
  const isBoundTwice = isBound && dpop !== undefined && dpop !== false;
  mustBe(!isBoundTwice, 'certificateBoundTokens', 'and dpop are both set: a token is bound to one key');
  const readThumbprint = network?.clientCertificate;
  if (typeof readThumbprint === 'function') return { readThumbprint, isBound };
  const [value2, means] = [config[field], network === undefined ? 'fetch presents none' : 'this network presents none'];
  const problem = `is ${String(value2)}, which needs a client certificate, and ${means}: set network to withUndici({ tls: { cert, key } })`;
  throw new TokenConfigError(field, problem);
}

/**
 * Reads the certificate before a request whose token must be bound to it. The returned function is called after the request: it
 * reads the thumbprints that the token may be bound to, because the certificate may have been replaced meanwhile.
 *
 * When that second read fails, only the certificate before the request counts: the answer is kept, because it may contain a
 * refresh token that is issued once.
 */
export async function readBoundCertificate(
  certificate: CertificateUse | undefined,
): Promise<(() => Promise<readonly string[]>) | undefined> {
  if (certificate?.isBound !== true) return undefined;
  const { readThumbprint } = certificate;
  const before = await readThumbprint();
  return async () => {
    try {
      return [before, await readThumbprint()];
    } catch {
      return [before];
    }
  };
}

function mustBe(isRight: boolean, field: string, problem: string): void {
  if (!isRight) throw new TokenConfigError(field, problem);
}
