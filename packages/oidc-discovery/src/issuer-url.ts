import { isSecure } from '@bearings/client/layer';
import { DiscoveryConfigError } from './errors.ts';

/**
 * Reads an issuer identifier: https (or http on loopback), no query, no fragment, no user (RFC 8414 §2).
 *
 * @throws DiscoveryConfigError
 */
export function readIssuerUrl(issuerUrl: string, insecureHttp: boolean): URL {
  const url = URL.parse(issuerUrl);
  if (url === null) throw invalid('must be an absolute URL, such as https://id.example');
  if (url.username !== '' || url.password !== '') throw invalid('must not contain a user and password');
  const isAllowed = isSecure(url) || (insecureHttp && url.protocol === 'http:');
  if (!isAllowed) throw invalid(`must be https (or http on loopback), not ${url.protocol}//${url.host}`);
  if (issuerUrl.includes('?') || issuerUrl.includes('#')) throw invalid('must have neither query nor fragment');
  return url;
}

/**
 * Reads the place of the metadata: https (or http on loopback), no fragment, no user.
 *
 * @throws DiscoveryConfigError
 */
export function readMetadataUrl(metadataUrl: string, insecureHttp: boolean): string {
  const url = URL.parse(metadataUrl);
  const isSafe = url !== null && (isSecure(url) || (insecureHttp && url.protocol === 'http:'));
  if (isSafe && url.username === '' && url.password === '' && url.hash === '') return url.href;
  throw new DiscoveryConfigError(
    'metadataUrl',
    'The metadata URL must be https (or http on loopback), without user and fragment',
  );
}

const invalid = (reason: string): DiscoveryConfigError =>
  new DiscoveryConfigError('issuerUrl', `The issuer URL ${reason}`);
