import { fakeIssuer } from '@bearings/testing';
import { expect, test } from 'vitest';
import '@bearings/testing/vitest';
import { readCredentials } from '../../src/clients/configured-credential.ts';
import { createToken } from '../../src/clients/create-token.ts';
import { loadConfig } from '../../src/load-config.ts';

const env = { SECRET: 'test-client-secret' };
const baseUrl = 'https://a.internal';

test('readCredentials lists each credential once, with its clients and without its secret', async () => {
  const auth = { type: 'bearer', tokenRef: 'env:SECRET' };
  const clients = { a: { baseUrl, auth }, b: { baseUrl, auth: { type: 'none' } }, c: { baseUrl, auth: { ...auth } } };
  const config = (await loadConfig({ clients }, { env })).unwrap();

  const credentials = readCredentials(config);

  expect(credentials).toEqual([{ clients: ['a', 'c'], auth: { type: 'bearer', tokenRef: 'env:SECRET' } }]);
  expect([config, credentials]).toHideSecrets('test-client-secret');
});

test('createToken works without a client and sends nothing before the first use', async () => {
  const issuer = fakeIssuer();
  const { issuerUrl, clientId } = issuer.credentials;
  const auth = { type: 'oauth2_client_credentials', issuerUrl, clientId, clientSecretRef: 'env:SECRET', scopes: ['x'] };
  const config = (await loadConfig({ clients: { a: { baseUrl, auth } } }, { env })).unwrap();
  const created = readCredentials(config).map((credential) => createToken(config, credential, { fetch: issuer.fetch }));

  const [only] = await Promise.all(created);
  await using token = only?.unwrap();
  const before = issuer.requests.length;
  const access = (await token?.get())?.unwrap();

  expect(before).toBe(0);
  expect(access?.scopes).toEqual(['x']);
});
