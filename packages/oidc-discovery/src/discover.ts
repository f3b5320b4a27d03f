import { Err, Ok } from 'ts-results';
import type { Result } from 'ts-results';
import { chooseNetwork } from './discovery-options.ts';
import type { DiscoveryOptions } from './discovery-options.ts';
import { DiscoveryUnavailableError, isDiscoveryError } from './errors.ts';
import type { DiscoveryError } from './errors.ts';
import { fetchDocument } from './fetch-document.ts';
import { readIssuerUrl, readMetadataUrl } from './issuer-url.ts';
import { cachedMetadata } from './metadata-cache.ts';
import { metadataLocations } from './metadata-locations.ts';
import { readMetadata } from './metadata.ts';
import type { ServerMetadata } from './metadata.ts';

/**
 * The token endpoint of an issuer.
 *
 * @see discover
 */
export async function discoverTokenEndpoint(
  issuerUrl: string,
  options?: DiscoveryOptions,
): Promise<Result<string, DiscoveryError>> {
  return (await discover(issuerUrl, options)).map(({ token_endpoint: endpoint }) => endpoint);
}

/**
 * The metadata of an issuer: OIDC Discovery's location first, RFC 8414's when that answers 400, 401, 403, 404, 405 or
 * 410. Redirects within the origin are followed.
 *
 * One request per issuer for any number of concurrent callers; the document is cached for an hour, a failure is not.
 * Transport failures and 5xx are retried, within 30 s in all.
 *
 * @param issuerUrl - compared with the document's `issuer` character by character
 */
export async function discover(
  issuerUrl: string,
  options: DiscoveryOptions = {},
): Promise<Result<ServerMetadata, DiscoveryError>> {
  const { insecureHttp = false, metadataUrl } = options;
  try {
    const issuer = readIssuerUrl(issuerUrl, insecureHttp);
    const locations =
      metadataUrl === undefined ? metadataLocations(issuer) : [readMetadataUrl(metadataUrl, insecureHttp)];
    const key = JSON.stringify([insecureHttp, issuerUrl, metadataUrl]);
    const read = (response: Response, url: string): Promise<ServerMetadata> =>
      readMetadata(response, { issuerUrl, insecureHttp, url });
    const request = (): Promise<ServerMetadata> => fetchDocument({ locations, owner: 'issuer', options, read });
    const cached = { ...options, network: chooseNetwork(options) };
    return Ok(await cachedMetadata(key, request, cached));
  } catch (cause) {
    return Err(isDiscoveryError(cause) ? cause : new DiscoveryUnavailableError(issuerUrl, cause));
  }
}
