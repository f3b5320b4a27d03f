import { generateKeyPairSync, webcrypto } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeIssuer, virtualClock } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import '@bearings/testing/vitest';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { fetchToken } from '../../src/token/fetch-token.ts';
import type { PrivateKey } from '../../src/client-auth/private-key.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { configFor, createToken } from '../create-token.ts';

const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
const warned: string[] = [];
const noteWarning = ({ message }: Error): void => void warned.push(message);
process.on('warning', noteWarning);

afterAll(() => {
  process.off('warning', noteWarning);
  rmSync(folder, { recursive: true });
});

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const jwk = ec.privateKey.export({ format: 'jwk' });
const secrets = [String(jwk.d), toPem(ec.privateKey).split('\n')[1] ?? ''];

function toPem(key: KeyObject, type: 'pkcs8' | 'sec1' | 'pkcs1' = 'pkcs8'): string {
  return key.export({ type, format: 'pem' }).toString();
}

/** A file with this in it. */
function fileWith(content: string): { readonly file: string } {
  const file = join(folder, `${crypto.randomUUID()}.key`);
  writeFileSync(file, content);
  return { file };
}

function createIssuer(publicKey: KeyObject = ec.publicKey): FakeIssuer {
  return fakeIssuer({ clients: [{ clientId: 'svc', publicKey: publicKey.export({ format: 'jwk' }) }] });
}

const keyConfig = (issuer: FakeIssuer, privateKey: PrivateKey, changes: Partial<TokenConfig> = {}): TokenConfig =>
  configFor(issuer, { clientSecret: undefined, privateKey, ...changes });

const assertionHeader = (issuer: FakeIssuer) =>
  decodeProtectedHeader(issuer.requests.at(-1)?.params('client_assertion')[0] ?? '');

/** A CryptoKey of the same private key, as a program has it that got it from a key store. */
function toCryptoKey(extractable: boolean): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, extractable, ['sign']);
}

test.each<[string, PrivateKey]>([
  ['PEM', toPem(ec.privateKey)],
  ['PEM of the older form', toPem(ec.privateKey, 'sec1')],
  ['PEM with empty lines around it', `\n\n${toPem(ec.privateKey)}\n`],
  ['a JWK', jwk],
  ['a JWK as text', JSON.stringify(jwk)],
  ['a CryptoKey', await toCryptoKey(true)],
  ['a CryptoKey that cannot be exported', await toCryptoKey(false)],
  ['a file with PEM', fileWith(toPem(ec.privateKey))],
  ['a file with a JWK', fileWith(JSON.stringify(jwk, null, 2))],
])('%s is a private key', async (_, privateKey) => {
  const issuer = createIssuer();

  const answer = await fetchToken(keyConfig(issuer, privateKey));

  expect(answer.isOk()).toBe(true);
  expect(assertionHeader(issuer)).toEqual({ alg: 'ES256', typ: 'JWT' });
});

test.each<[string, KeyObject, KeyObject]>([
  ['RS256', rsa.privateKey, rsa.publicKey],
  ['ES256', ec.privateKey, ec.publicKey],
  ...(['P-384', 'P-521'] as const).map((namedCurve): [string, KeyObject, KeyObject] => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve });
    return [namedCurve === 'P-384' ? 'ES384' : 'ES512', privateKey, publicKey];
  }),
  ...[generateKeyPairSync('ed25519')].map(({ privateKey, publicKey }): [string, KeyObject, KeyObject] => [
    'EdDSA',
    privateKey,
    publicKey,
  ]),
])('a key signs with its algorithm: %s', async (alg, privateKey, publicKey) => {
  const issuer = createIssuer(publicKey);

  const answer = await fetchToken(keyConfig(issuer, toPem(privateKey)));

  expect(answer.isOk()).toBe(true);
  expect(assertionHeader(issuer)).toEqual({ alg, typ: 'JWT' });
});

test('RSA in the older PEM form signs too', async () => {
  const issuer = createIssuer(rsa.publicKey);

  expect((await fetchToken(keyConfig(issuer, toPem(rsa.privateKey, 'pkcs1')))).isOk()).toBe(true);
});

test("a JWK's own kid and alg are used, unless the config sets them", async () => {
  const issuer = createIssuer(rsa.publicKey);
  const named: JsonWebKey = { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'key-1', alg: 'RS384' };

  await fetchToken(keyConfig(issuer, named));
  const byItself = assertionHeader(issuer);
  await fetchToken(keyConfig(issuer, named, { keyId: 'key-2', signingAlg: 'RS512' }));

  expect(byItself).toEqual({ alg: 'RS384', typ: 'JWT', kid: 'key-1' });
  expect(assertionHeader(issuer)).toEqual({ alg: 'RS512', typ: 'JWT', kid: 'key-2' });
  expect(issuer.counts).toMatchObject({ granted: 2, refused: 0 });
});

test.each(['RS256', 'RS512', 'PS256', 'PS512'])(
  'an RSA key signs with %s when the config says so',
  async (signingAlg) => {
    const issuer = createIssuer(rsa.publicKey);

    await fetchToken(keyConfig(issuer, toPem(rsa.privateKey), { signingAlg }));

    const assertion = issuer.requests.at(-1)?.params('client_assertion')[0] ?? '';
    const { protectedHeader } = await jwtVerify(assertion, rsa.publicKey);
    expect(protectedHeader).toEqual({ alg: signingAlg, typ: 'JWT' });
  },
);

test.each([
  ['RSA-PSS', 'SHA-256', 'PS256'],
  ['RSA-PSS', 'SHA-512', 'PS512'],
  ['RSASSA-PKCS1-v1_5', 'SHA-512', 'RS512'],
])('a CryptoKey for %s with %s signs with %s', async (name, hash, alg) => {
  const issuer = createIssuer(rsa.publicKey);
  const given = rsa.privateKey.export({ format: 'jwk' });
  const key = await webcrypto.subtle.importKey('jwk', given, { name, hash }, false, ['sign']);

  await fetchToken(keyConfig(issuer, key));

  expect(assertionHeader(issuer)).toEqual({ alg, typ: 'JWT' });
});

test('a key file that is replaced is read at the next acquisition, without a restart', async () => {
  const clock = virtualClock();
  const next = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  let registered = ec.publicKey;
  const client = {
    clientId: 'svc',
    get publicKey() {
      return registered.export({ format: 'jwk' });
    },
  };
  const issuer = fakeIssuer({ clients: [client], clock });
  const place = fileWith(toPem(ec.privateKey));
  const token = await createToken(issuer, keyConfig(issuer, place, { clock }));

  writeFileSync(place.file, toPem(next.privateKey));
  registered = next.publicKey;
  const rotated = await token.invalidate();

  expect(rotated.unwrap().generation).toBe(2);
  expect(issuer.counts.refused).toBe(0);
});

const untyped = (value: unknown): PrivateKey => value as PrivateKey;
const { privateKey: secp256k1 } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const { privateKey: x25519 } = generateKeyPairSync('x25519');
const encrypted = ec.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'CANARY' });

/** Texts that are not usable as a key, in a file or as a value. */
const unusableTexts: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['text', 'CANARY, not a key'],
  ['half a key', toPem(ec.privateKey).slice(0, 80)],
  ['a public key', ec.publicKey.export({ type: 'spki', format: 'pem' }).toString()],
  ['JSON that is no key', '{"d":"CANARY"}'],
  ['half of a JWK', JSON.stringify(jwk).slice(0, 100)],
  ['a key with a password', encrypted.toString()],
  ['a key that does not sign', toPem(x25519)],
  ['a key of a curve that no assertion is signed with', toPem(secp256k1)],
];

const unusable: readonly (readonly [string, PrivateKey])[] = [
  ...unusableTexts,
  ['a public JWK', ec.publicKey.export({ format: 'jwk' })],
  ['a JWK of a symmetric key', { kty: 'oct', k: String(jwk.d) }],
  ['a public CryptoKey', await publicCryptoKey()],
  ['a number', untyped(5)],
];

async function publicCryptoKey(): Promise<webcrypto.CryptoKey> {
  const given = ec.publicKey.export({ format: 'jwk' });
  return webcrypto.subtle.importKey('jwk', given, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
}

test.each(unusable)('%s is not a private key, and is not quoted', async (_, privateKey) => {
  const issuer = createIssuer();

  const error = (await fetchToken(keyConfig(issuer, privateKey))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'privateKey', retryable: false });
  expect(error.message).toMatch(/^privateKey value is not a private key: use PEM/);
  expect(error).toHideSecrets(['CANARY', ...secrets]);
  expect(issuer.requests).toEqual([]);
});

test('null is not a private key', async () => {
  const issuer = createIssuer();

  const answer = await fetchToken(keyConfig(issuer, untyped(null)));

  expect(answer.unwrapErr()).toMatchObject({ code: 'TOKEN_CONFIG', field: 'privateKey' });
});

test.each(unusableTexts)(
  'a file with %s in it is named by its path, and its content is not quoted',
  async (_, content) => {
    const issuer = createIssuer();
    const place = fileWith(content);

    const error = (await fetchToken(keyConfig(issuer, place))).unwrapErr();

    expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'privateKey' });
    expect(error.message).toContain(JSON.stringify(place.file));
    expect(error).toHideSecrets(['CANARY', ...secrets]);
    expect(issuer.counts.token).toBe(0);
  },
);

test.each([
  ['is not there', join(folder, 'missing.pem'), 'ENOENT'],
  ['is a folder', folder, 'EISDIR'],
])('a file that %s is named by its path', async (_, file, reason) => {
  const issuer = createIssuer();

  const error = (await fetchToken(keyConfig(issuer, { file }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'privateKey' });
  expect(error.message).toBe(`privateKey file ${JSON.stringify(file)} cannot be read (${reason})`);
  expect(issuer.counts.token).toBe(0);
});

const { privateKey: weak } = generateKeyPairSync('rsa', { modulusLength: 1_024 });

test.each<[string, string, PrivateKey, string | undefined]>([
  ['an algorithm for another kind of key', 'signingAlg', toPem(rsa.privateKey), 'ES256'],
  ['an algorithm for another curve', 'signingAlg', toPem(ec.privateKey), 'ES384'],
  ['an algorithm with a shared secret', 'signingAlg', toPem(ec.privateKey), 'HS256'],
  ['an algorithm that there is not', 'signingAlg', toPem(ec.privateKey), 'ES257'],
  ['no signature', 'signingAlg', toPem(ec.privateKey), 'none'],
  ['an RSA key below 2048 bits (RFC 7518 §3.3)', 'privateKey', toPem(weak), undefined],
])('%s is a CONFIG error in %s, not an unreachable server', async (...[, field, privateKey, signingAlg]) => {
  const issuer = createIssuer();

  const error = (await fetchToken(keyConfig(issuer, privateKey, { signingAlg }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field, retryable: false });
  expect(issuer.counts.token).toBe(0);
});

test('no key causes a warning of the platform', async () => {
  await fetchToken(keyConfig(createIssuer(), await toCryptoKey(false)));
  await new Promise((resolve) => setImmediate(resolve)); // warnings are emitted in a later turn

  expect(warned).toEqual([]);
});
