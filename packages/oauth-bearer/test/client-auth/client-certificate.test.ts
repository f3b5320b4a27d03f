import { layer } from '@bearings/client/layer';
import { withUndici } from '@bearings/undici';
import { expect, test } from 'vitest';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import { readTokenConfig } from '../../src/token/token-config.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';

const network = withUndici({ tls: await createCertificate() });
const right: TokenConfig = {
  issuerUrl: 'https://id.test',
  clientId: 'orders',
  clientAuthMethod: 'tls_client_auth',
  network,
};

test.each<Partial<TokenConfig>>([
  {},
  { clientAuthMethod: 'self_signed_tls_client_auth' },
  { certificateBoundTokens: true },
  { dpop: true },
  { clientAuthMethod: undefined, clientSecret: 'secret', certificateBoundTokens: true },
  { clientAuthMethod: 'none', certificateBoundTokens: true },
  { issuerUrl: undefined, tokenEndpoint: 'https://id.test/token' },
])('a config with a client certificate is accepted: %j', (changes) => {
  expect(readTokenConfig({ ...right, ...changes }).isOk()).toBe(true);
});

const without: TokenConfig['network'] = withUndici();
test.each<[string, string, Partial<TokenConfig>]>([
  [
    'clientAuthMethod',
    'fetch presents none: set network to withUndici({ tls: { cert, key } })',
    { network: undefined },
  ],
  ['clientAuthMethod', 'fetch presents none', { network: undefined, fetch: globalThis.fetch }],
  ['clientAuthMethod', 'this network presents none', { network: without }],
  ['clientAuthMethod', 'this network presents none', { network: withUndici({ tls: { ca: 'PEM' } }) }],
  ['clientAuthMethod', 'this network presents none', { network: layer('transport', 'mine', (next) => next) }],
  ['clientAuthMethod', 'leave out clientSecret', { clientSecret: 'planted' }],
  ['clientAuthMethod', 'leave out privateKey', { privateKey: 'planted' }],
  ['clientAuthMethod', 'leave out clientAssertion', { clientAssertion: () => 'planted' }],
  ['clientAuthMethod', 'leave out certificate', { certificate: 'planted' }],
  ['clientAuthMethod', "must be 'client_secret_basic'", { clientAuthMethod: 'mtls' as 'none' }],
  ['certificateBoundTokens', 'fetch presents none', { ...bySecret(), network: undefined }],
  ['certificateBoundTokens', 'this network presents none', { ...bySecret(), network: without }],
  ['certificateBoundTokens', 'must be true or false', { certificateBoundTokens: 'true' as never }],
  ['certificateBoundTokens', 'and dpop are both set', { certificateBoundTokens: true, dpop: true }],
  ['issuerUrl', 'must be https', { issuerUrl: 'http://127.0.0.1:4000' }],
  ['tokenEndpoint', 'must be https', { issuerUrl: undefined, tokenEndpoint: 'http://127.0.0.1:4000/token' }],
])('%s is refused before anything is sent: %s', (field, text, changes) => {
  const error = readTokenConfig({ ...right, ...changes }).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field });
  expect(error.message).toContain(text);
  expect(error.message).not.toContain('planted');
});

function bySecret(): Partial<TokenConfig> {
  return { clientAuthMethod: undefined, clientSecret: 'secret', certificateBoundTokens: true };
}
