import { generateKeyPairSync } from 'node:crypto';
import { withUndici } from '@bearings/undici';
import { expect, test } from 'vitest';
import { readTokenConfig } from '../../src/token/token-config.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';

const toPem = (kind: 'ec' | 'p384' | 'rsa'): string => {
  const { privateKey } =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2_048 })
      : generateKeyPairSync('ec', { namedCurve: kind === 'ec' ? 'P-256' : 'P-384' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
};

const right: TokenConfig = {
  profile: 'fapi2',
  issuerUrl: 'https://id.example',
  clientId: 'svc',
  privateKey: toPem('ec'),
  dpop: true,
};

test('a config that keeps the profile is taken', () => {
  expect(readTokenConfig(right).isOk()).toBe(true);
  expect(readTokenConfig({ ...right, privateKey: toPem('rsa'), signingAlg: 'PS256' }).isOk()).toBe(true);
  expect(readTokenConfig({ ...right, assertionAudience: 'https://id.example' }).isOk()).toBe(true);
  const network = withUndici({ tls: { cert: 'PEM', key: 'PEM' } });
  const byCertificate = { ...right, privateKey: undefined, clientAuthMethod: 'tls_client_auth', network } as const;
  expect(readTokenConfig(byCertificate).isOk()).toBe(true);
  expect(readTokenConfig({ ...right, dpop: false, certificateBoundTokens: true, network }).isOk()).toBe(true);
});

test.each<[keyof TokenConfig, Partial<TokenConfig>, string]>([
  ['tokenEndpoint', { issuerUrl: undefined, tokenEndpoint: 'https://id.example/token' }, 'set issuerUrl'],
  ['insecureHttp', { insecureHttp: true }, 'leave it out'],
  ['issuerUrl', { issuerUrl: 'http://127.0.0.1:4000' }, 'must be https'],
  ['clientSecret', { clientSecret: 'a shared secret', privateKey: undefined }, 'a shared secret is not allowed'],
  [
    'clientAuthMethod',
    { clientAuthMethod: 'none', privateKey: undefined },
    'must be one of private_key_jwt, tls_client_auth, self_signed_tls_client_auth',
  ],
  ['assertionAudience', { assertionAudience: 'https://id.example/token' }, 'must be the issuer'],
  ['signingAlg', { privateKey: toPem('rsa'), signingAlg: 'RS256' }, 'must be one of PS256, ES256, EdDSA, Ed25519'],
  ['signingAlg', { privateKey: toPem('rsa') }, 'is "RS256", which the profile does not allow'],
  ['bearerTokenTypes', { bearerTokenTypes: ['BearerToken'] }, 'a token without a proof is refused'],
  ['dpop', { dpop: undefined }, 'must be bound to a key'],
  ['dpop', { dpop: false }, 'must be bound to a key'],
  ['dpop', { dpop: false, certificateBoundTokens: false }, 'or certificateBoundTokens'],
  ['dpop.privateKey' as 'dpop', { dpop: { privateKey: toPem('p384') } }, 'signs with ES384'],
  [
    'signingAlg',
    { grant: { type: 'jwt_bearer', privateKey: toPem('rsa') } },
    'is "RS256", which the profile does not allow',
  ],
  ['profile', { profile: 'fapi1' as 'fapi2' }, "must be 'fapi2'"],
])('%s is refused by name: %j', (field, changes, text) => {
  const read = readTokenConfig({ ...right, ...changes });

  expect(read.isErr() && read.error).toMatchObject({ code: 'TOKEN_CONFIG', field });
  expect(read.isErr() && read.error.message).toContain(text);
  expect(JSON.stringify(read)).not.toContain('a shared secret"');
});
