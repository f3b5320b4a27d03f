import type { AuthorizationCodeAuth, OAuth2Auth } from '@bearings/config';
import type { ServerMetadata } from '@bearings/oidc-discovery';
import type { Discovery } from './discovery-check.ts';
import { readNames } from './request-facts.ts';

/**
 * The fields that make a client of this server stronger, by what its metadata offers (RFC 8414 §2, RFC 8705 §3.3, RFC 9449 §5.1);
 * `undefined` when it offers no more than the client uses.
 */
export function findStrongerMethods(
  auth: OAuth2Auth | AuthorizationCodeAuth,
  discovery: Discovery,
): string | undefined {
  if (auth.type !== 'oauth2_client_credentials' || discovery?.isOk() !== true) return undefined;
  const offers = [keyOffer(auth, discovery.value), bindingOffer(auth, discovery.value)];
  const fields = offers.filter((offer) => offer !== undefined);
  return fields.length === 0 ? undefined : `Stronger, and offered by the server: ${fields.join('; ')}`;
}

const keyMethods = [
  ['private_key_jwt', 'privateKeyRef: file:key.pem, or clientAssertion of the platform'],
  ['tls_client_auth', 'clientAuthMethod: tls_client_auth with certFile and keyFile in network'],
  ['self_signed_tls_client_auth', 'clientAuthMethod: self_signed_tls_client_auth with certFile and keyFile in network'],
] as const;

/** Authentication without a secret that both sides know. */
function keyOffer({ clientSecretRef }: OAuth2Auth, metadata: ServerMetadata): string | undefined {
  if (clientSecretRef === undefined) return undefined;
  const methods = readNames(metadata, 'token_endpoint_auth_methods_supported') ?? [];
  const offered = keyMethods.filter(([method]) => methods.includes(method));
  if (offered.length === 0) return undefined;
  const [names, fields] = [offered.map(([method]) => method), offered.map(([, field]) => field)];
  return `${fields.join(', or ')}, in place of clientSecretRef (${names.join(' or ')}: no shared secret)`;
}

/** Tokens that are of no use without a key. A certificate binds them where the server does that. */
function bindingOffer(
  { dpop = false, certificateBoundTokens = false }: OAuth2Auth,
  metadata: ServerMetadata,
): string | undefined {
  if (dpop !== false || certificateBoundTokens) return undefined;
  const algs = readNames(metadata, 'dpop_signing_alg_values_supported') ?? [];
  if (algs.includes('ES256'))
    return 'dpop: true in auth, or { privateKeyRef } with a tokenStore (a copied token is of no use)';
  return metadata['tls_client_certificate_bound_access_tokens'] === true
    ? 'certificateBoundTokens: true in auth, with certFile and keyFile in network (a copied token is of no use, RFC 8705)'
    : undefined;
}
