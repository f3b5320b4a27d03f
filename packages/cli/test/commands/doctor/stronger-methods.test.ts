import type { OAuth2Auth } from '@bearings/config';
import { Err, Ok } from 'ts-results';
import { DiscoveryConfigError } from '@bearings/oidc-discovery';
import { expect, test } from 'vitest';
import { findStrongerMethods } from '../../../src/commands/doctor/stronger-methods.ts';

const withSecret: OAuth2Auth = {
  type: 'oauth2_client_credentials',
  issuerUrl: 'https://id.internal',
  clientId: 'billing',
  clientSecretRef: 'env:SECRET',
};
const { clientSecretRef: _, ...withKey } = { ...withSecret, privateKeyRef: 'file:key.pem' };

const metadata = (more: object) =>
  Ok({ issuer: 'https://id.internal', token_endpoint: 'https://id.internal/token', ...more });

const offers = {
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
  dpop_signing_alg_values_supported: ['ES256'],
};

test.each<[string, OAuth2Auth, object, string | undefined]>([
  [
    'a key and DPoP',
    withSecret,
    offers,
    'privateKeyRef: file:key.pem, or clientAssertion of the platform, in place of clientSecretRef',
  ],
  ['a key and DPoP', withSecret, offers, '; dpop: true in auth'],
  ['DPoP, to a client with a key', withKey, offers, 'offered by the server: dpop: true in auth'],
  ['nothing more', { ...withKey, dpop: true }, offers, undefined],
  ['DPoP with other algorithms', withKey, { dpop_signing_alg_values_supported: ['PS512'] }, undefined],
  [
    'bound tokens',
    withKey,
    { tls_client_certificate_bound_access_tokens: true },
    'certificateBoundTokens: true in auth, with certFile',
  ],
  [
    'nothing more than the bound tokens in use',
    { ...withKey, certificateBoundTokens: true },
    { ...offers, tls_client_certificate_bound_access_tokens: true },
    undefined,
  ],
  [
    'client certificates',
    withSecret,
    { token_endpoint_auth_methods_supported: ['client_secret_basic', 'tls_client_auth'] },
    'server: clientAuthMethod: tls_client_auth with certFile and keyFile in network, in place of clientSecretRef (tls_client_auth',
  ],
  [
    'keys and client certificates',
    withSecret,
    { token_endpoint_auth_methods_supported: ['tls_client_auth', 'private_key_jwt'] },
    'of the platform, or clientAuthMethod: tls_client_auth with certFile',
  ],
  ['lists that are no lists', withSecret, { token_endpoint_auth_methods_supported: 'private_key_jwt' }, undefined],
  ['nothing', withSecret, {}, undefined],
])('a server that offers %s: the field to set is named', (...[, auth, more, hint]) => {
  const found = findStrongerMethods(auth, metadata(more));

  if (hint === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(hint);
});

test('without metadata nothing is known to be stronger', () => {
  expect(findStrongerMethods(withSecret, undefined)).toBeUndefined();
  expect(findStrongerMethods(withSecret, Err(new DiscoveryConfigError('issuerUrl', 'is wrong')))).toBeUndefined();
});
