import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { memoryStore } from '@bearings/user-tokens';
import { createToken, loadConfig, openUserTokens, readCredentials } from '@bearings/config';
import type { AuthorizationCodeAuth, Config, GrantAccess } from '@bearings/config';
import { calculateJwkThumbprint, decodeProtectedHeader, exportJWK } from 'jose';
import { expect, test } from 'vitest';
import { dpopFeature, publicClient, startOidcProvider } from '../../../user-tokens/test/consent/oidc-provider.ts';
import { browserFor, consentAtProvider } from '../../../user-tokens/test/consent/real-app.ts';
import { base } from '../../../user-tokens/test/consent/test-app.ts';
import { temporaryFolder } from '../folder.ts';
import type { Folder } from '../folder.ts';

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();
const ownThumbprint = await calculateJwkThumbprint(await exportJWK(createPublicKey(pem)));

const startProvider = () =>
  startOidcProvider({
    client: { ...publicClient, dpop_bound_access_tokens: true, redirect_uris: [`${base}/callback/bearings`] },
    features: dpopFeature,
  });

/** A config file with the token of a person that has `dpop`. */
async function loadPerson(folder: Folder, issuerUrl: string, dpop: string) {
  folder.write('dpop.pem', pem);
  const server = `type: oauth2_authorization_code, issuerUrl: '${issuerUrl}', clientId: app`;
  const auth = `{ ${server}, scopes: [openid, offline_access, mail.read], dpop: ${dpop} }`;
  const file = folder.write('clients.yaml', `clients: { mail: { baseUrl: https://mail.test, auth: ${auth} } }`);
  const config = (await loadConfig(file)).unwrap();
  const [credential] = readCredentials(config);
  if (credential?.auth.type !== 'oauth2_authorization_code') throw new TypeError('The config has another credential');
  return { config, credential: { ...credential, auth: credential.auth } };
}

/** The person consents in a browser. */
async function consent(
  config: Config,
  auth: AuthorizationCodeAuth,
  access: GrantAccess & { readonly fetch: typeof fetch },
): Promise<void> {
  const { users, purpose } = (await openUserTokens(config, auth, { ...access, redirectUri: base })).unwrap();
  const flow = (await users.authorize({ ...purpose, returnTo: '/done' })).unwrap();
  if (flow.status !== 'pending') throw new TypeError('The person has consented before');
  const browser = browserFor('alice', { users });
  await browser.open(await consentAtProvider(browser, flow.url));
  await users.close();
}

const reopened = (): GrantAccess['store'] => Object.assign(memoryStore(), { close: async () => {} });
const keys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } };

test.each([
  ['true', 'a new key'],
  ['{ privateKeyRef: file:dpop.pem }', 'the key in the file'],
])('with dpop: %s the token of the person is bound to %s, from consent to refresh', async (dpop) => {
  const { issuerUrl, proofs, fetch, tokenRequests } = await startProvider();
  using folder = temporaryFolder();
  const { config, credential } = await loadPerson(folder, issuerUrl, dpop);
  const access = { store: reopened(), keys };
  await consent(config, credential.auth, { ...access, fetch });

  await using token = (await createToken(config, credential, { fetch, openGrants: async () => access })).unwrap();
  const issued = (await token.get()).unwrap();
  const refreshed = (await token.invalidate(issued)).unwrap();

  expect([issued.scheme, refreshed.scheme]).toEqual(['DPoP', 'DPoP']);
  expect(new Set(tokenRequests.map((form) => form.get('grant_type')))).toEqual(
    new Set(['authorization_code', 'refresh_token']),
  );
  const used = await Promise.all(proofs.map((proof) => calculateJwkThumbprint(decodeProtectedHeader(proof).jwk ?? {})));
  expect(new Set(used).size).toBe(1);
  expect(used[0] === ownThumbprint).toBe(dpop !== 'true');
});

test('a key that has gone since the config was read is an error that names it', async () => {
  using folder = temporaryFolder();
  const { config, credential } = await loadPerson(folder, 'https://id.test', '{ privateKeyRef: file:dpop.pem }');
  folder.write('dpop.pem', 'no key');

  const error = (await openUserTokens(config, credential.auth, { store: memoryStore(), keys })).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'dpop.privateKeyRef' });
  expect(error.message).toContain('dpop.pem');
});
