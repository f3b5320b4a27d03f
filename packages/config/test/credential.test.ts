import { fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { readCredentials, createToken } from '../src/credential.ts';
import { loadConfig } from '../src/load-config.ts';

const env = { SECRET: 'test-client-secret' };
const baseUrl = 'https://a.internal';

test('credentials are listed once, with who uses them, and without their secrets', async () => {
  const auth = { type: 'bearer', tokenRef: 'env:SECRET' };
  const clients = { a: { baseUrl, auth }, b: { baseUrl, auth: { type: 'none' } }, c: { baseUrl, auth: { ...auth } } };
  const config = (await loadConfig({ clients }, { env })).unwrap();

  const credentials = readCredentials(config);

  expect(credentials).toEqual([{ clients: ['a', 'c'], auth: { type: 'bearer', tokenRef: 'env:SECRET' } }]);
  expect([config, credentials]).toHideSecrets('test-client-secret');
});

test('a credential is opened without a client, and asks for nothing before it is used', async () => {
  const issuer = fakeIssuer();
  const { issuerUrl, clientId } = issuer.credentials;
  const auth = { type: 'oauth2_client_credentials', issuerUrl, clientId, clientSecretRef: 'env:SECRET', scopes: ['x'] };
  const config = (await loadConfig({ clients: { a: { baseUrl, auth } } }, { env })).unwrap();
  const opened = readCredentials(config).map((credential) => createToken(config, credential, { fetch: issuer.fetch }));

  const [only] = await Promise.all(opened);
  await using token = only?.unwrap();
  const before = issuer.requests.length;
  const access = (await token?.get())?.unwrap();

  expect(before).toBe(0);
  expect(access?.scopes).toEqual(['x']);
});
