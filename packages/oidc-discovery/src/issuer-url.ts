import { isSecure } from '@bearings/client/layer';
import { DiscoveryConfigError } from './errors.ts';

/**
 * Reads an issuer identifier: https (http on loopback), no query, no fragment, no user (RFC 8414 §2).
 *
 * @throws DiscoveryConfigError
 */
export function readIssuerUrl(issuerUrl: string, insecureHttp: boolean): URL {
  const url = URL.parse(issuerUrl);
  if (url === null) throw wrong('must be an absolute URL, such as https://id.example');
  if (url.username !== '' || url.password !== '') throw wrong('must not carry user and password');
  const isAllowed = isSecure(url) || (insecureHttp && url.protocol === 'http:');
  if (!isAllowed) throw wrong(`must be https (http on loopback apart), not ${url.protocol}//${url.host}`);
  if (issuerUrl.includes('?') || issuerUrl.includes('#')) throw wrong('must have neither query nor fragment');
  return url;
}

const wrong = (reason: string): DiscoveryConfigError => new DiscoveryConfigError(`The issuer URL ${reason}`);
