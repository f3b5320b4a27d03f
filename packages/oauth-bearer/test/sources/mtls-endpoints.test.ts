import { expect, test } from 'vitest';
import { withMtlsEndpoints } from '../../src/sources/mtls-endpoints.ts';

const metadata = {
  issuer: 'https://id.test',
  token_endpoint: 'https://id.test/token',
  revocation_endpoint: 'https://id.test/revoke',
  device_authorization_endpoint: 'https://id.test/device',
  authorization_endpoint: 'https://id.test/auth',
};
const use = (isBound: boolean) => ({ isBound, readThumbprint: async () => 'thumbprint' });
const withAliases = (aliases: unknown) =>
  withMtlsEndpoints({ ...metadata, mtls_endpoint_aliases: aliases }, use(false));

test('each endpoint that has an alias is replaced by it, and nothing else', () => {
  const aliases = {
    token_endpoint: 'https://mtls.test/token',
    revocation_endpoint: 'https://mtls.test/revoke',
    authorization_endpoint: 'https://mtls.test/auth',
    issuer: 'https://evil.test',
  };

  expect(withAliases(aliases)).toEqual({
    ...metadata,
    mtls_endpoint_aliases: aliases,
    token_endpoint: 'https://mtls.test/token',
    revocation_endpoint: 'https://mtls.test/revoke',
  });
});

test.each([undefined, null, {}, 'https://mtls.test'])('without aliases the endpoints stay: %j', (aliases) => {
  expect(withAliases(aliases)).toMatchObject(metadata);
});

test.each([5, '', '/token', 'http://127.0.0.1/token', 'https://user:pw@mtls.test/', 'https://mtls.test/#a'])(
  'an alias that is not a plain https URL is refused, and not quoted: %j',
  (url) => {
    expect(() => withAliases({ token_endpoint: url })).toThrow(
      'The metadata of https://id.test are not usable with a client certificate: mtls_endpoint_aliases.token_endpoint is not an https URL',
    );
  },
);

test('a token endpoint on http is refused: a certificate is presented in TLS alone', () => {
  const open = { ...metadata, token_endpoint: 'http://127.0.0.1/token' };

  expect(() => withMtlsEndpoints(open, use(false))).toThrow('token_endpoint is not an https URL');
});

test.each([undefined, false, 'true'])('a server that does not say that it binds tokens is refused: %j', (says) => {
  const other = { ...metadata, tls_client_certificate_bound_access_tokens: says };

  expect(() => withMtlsEndpoints(other, use(true))).toThrow('https://id.test does not issue such tokens');
  expect(withMtlsEndpoints(other, use(false))).toMatchObject(metadata);
});
