import type { ServerMetadata } from '@bearings/oidc-discovery';
import type { CertificateUse } from '../client-auth/client-certificate.ts';
import { InvalidTokenResponseError, TokenConfigError } from '../errors.ts';

/**
 * The metadata with the endpoints that are for requests with a client certificate (`mtls_endpoint_aliases`, RFC 8705 §5). An
 * endpoint without an alias stays as it is. The authorization endpoint stays too: a browser calls it.
 *
 * @throws InvalidTokenResponseError for an endpoint that is not https
 * @throws TokenConfigError when tokens must be bound to the certificate, and the server does not issue such tokens (§3.3)
 */
export function withMtlsEndpoints(metadata: ServerMetadata, { isBound }: CertificateUse): ServerMetadata {
  const { issuer, mtls_endpoint_aliases: aliases } = metadata;
  if (isBound && metadata['tls_client_certificate_bound_access_tokens'] !== true) {
    const problem = `is true, but ${issuer} does not issue such tokens: its metadata has no tls_client_certificate_bound_access_tokens`;
    throw new TokenConfigError('certificateBoundTokens', problem);
  }
  const endpoints: Record<string, string> = {};
  const given = typeof aliases === 'object' && aliases !== null ? Object.entries(aliases) : [];
  for (const [name, url] of given) {
    if (!name.endsWith('_endpoint') || name === 'authorization_endpoint') continue;
    checkUrl(url, `mtls_endpoint_aliases.${name}`, issuer);
    endpoints[name] = url;
  }
  const { token_endpoint: tokenEndpoint = metadata.token_endpoint } = endpoints;
  checkUrl(tokenEndpoint, 'token_endpoint', issuer);
  return { ...metadata, ...endpoints };
}

function checkUrl(url: unknown, name: string, issuer: string): asserts url is string {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  const isPlain = parsed?.username === '' && parsed.password === '' && parsed.hash === '';
  if (parsed?.protocol === 'https:' && isPlain) return;
  throw new InvalidTokenResponseError(
    `The metadata of ${issuer} are not usable with a client certificate: ${name} is not an https URL`,
  );
}
