import { faults } from '@bearings/testing';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { CryptoKey, JWTPayload } from 'jose';
import { expect, test } from 'vitest';
import { validateIdToken } from '../../src/consent/validate-id-token.ts';
import { startFlow, testApp } from './test-app.ts';

const nowMs = Date.UTC(2026, 10, 6, 12);
const nowS = nowMs / 1_000;
const claims = { iss: 'https://id.test', aud: 'app', sub: 'a1', nonce: 'n1', iat: nowS, exp: nowS + 300 };
const { privateKey, publicKey } = await generateKeyPair('ES256');
const stranger = await generateKeyPair('ES256');
const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1' }] };

const sign = (payload: JWTPayload, key: CryptoKey = privateKey): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(key);

const validate = (idToken: string, keys: unknown = jwks): Promise<string> =>
  validateIdToken(idToken, { jwks: keys, issuer: 'https://id.test', clientId: 'app', nonce: 'n1', nowMs });

test('the subject of a valid ID token is the account', async () => {
  expect(await validate(await sign(claims))).toBe('a1');
  expect(await validate(await sign({ ...claims, aud: ['app', 'api'], azp: 'app' }))).toBe('a1');
});

test.each<[string, Record<string, unknown>]>([
  ['of another issuer', { iss: 'https://evil.test' }],
  ['for another client', { aud: 'other' }],
  ['for several audiences without an authorized party', { aud: ['app', 'other'] }],
  ['for another authorized party', { azp: 'other' }],
  ['that has expired', { exp: nowS - 120 }],
  ['without an expiry', { exp: undefined }],
  ['without a time of issue', { iat: undefined }],
  ['that is valid in the future only', { nbf: nowS + 3_600 }],
  ['of another flow', { nonce: 'n2' }],
  ['without a nonce', { nonce: undefined }],
  ['without a subject', { sub: undefined }],
  ['with an empty subject', { sub: '' }],
  ['with a subject of 256 characters', { sub: 'a'.repeat(256) }],
])('an ID token %s is refused', async (_, changes) => {
  await expect(validate(await sign({ ...claims, ...changes }))).rejects.toMatchObject({
    reason: 'id_token_invalid',
  });
});

test('an ID token that another key signed, or none, or the client secret, is refused', async () => {
  const byStranger = await sign(claims, stranger.privateKey);
  const unsigned = new UnsecuredJWT(claims).encode();
  const bySecret = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .sign(new TextEncoder().encode('a client secret that is long enough'));

  for (const idToken of [byStranger, unsigned, bySecret, 'text', '']) {
    await expect(validate(idToken)).rejects.toMatchObject({ reason: 'id_token_invalid' });
  }
});

test.each([undefined, null, 'text', {}, { keys: 'none' }, { keys: [null, 1] }])(
  'with %j in place of the key set nothing is accepted',
  async (keys) => {
    await expect(validate(await sign(claims), keys ?? {})).rejects.toMatchObject({ reason: 'id_token_invalid' });
  },
);

test.each([
  ['is missing', undefined, 'id_token_missing'],
  ['is not a token', 'eyJhbGciOiJub25lIn0.e30.', 'id_token_invalid'],
])('when the ID token %s, nothing is stored', async (_, idToken, reason) => {
  const app = await testApp();
  const flow = await startFlow(app);
  app.issuer.inject(faults.member('id_token', idToken));

  const page = await app.signIn('alice').open(flow.url);

  expect([page.status, page.text.includes('whose account')]).toEqual([502, true]);
  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason });
  expect(await app.grants()).toEqual([]);
});

test('when the keys of the server are not available, nothing is stored', async () => {
  const app = await testApp();
  const flow = await startFlow(app);
  app.issuer.inject(faults.unavailable(404), { on: 'jwks' });

  await app.signIn('alice').open(flow.url);

  expect(await app.store.getFlow(flow.id)).toMatchObject({ status: 'failed', reason: 'id_token_invalid' });
});
