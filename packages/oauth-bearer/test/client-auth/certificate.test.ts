import { createHash, createPrivateKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import '@bearings/testing/vitest';
import { createCertificate } from '../../../testing/src/server/certificate.ts';
import type { Certificate } from '../../src/client-auth/certificate.ts';
import { fetchToken } from '../../src/token/fetch-token.ts';
import { Token } from '../../src/token/token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { configFor, fakeIssuer, refuse } from '../fake-issuer.ts';
import type { FakeIssuer } from '../fake-issuer.ts';

const [first, second] = await Promise.all([createCertificate(), createCertificate()]);
const { privateKey: foreign } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const keyConfig = (issuer: FakeIssuer, changes: Partial<TokenConfig>): TokenConfig =>
  configFor(issuer, { clientSecret: undefined, privateKey: first.key, ...changes });

const headersSent = ({ asked }: FakeIssuer): readonly unknown[] =>
  asked.map(({ params }) => decodeProtectedHeader(params.get('client_assertion') ?? ''));

const digest = (algorithm: string, pem: string): string =>
  createHash(algorithm).update(new X509Certificate(pem).raw).digest('base64url');

/** Two files of a folder that is removed after the test. */
function createFiles(): { readonly file: string; readonly keyFile: string } {
  const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return { file: join(folder, 'tls.crt'), keyFile: join(folder, 'tls.key') };
}

test.each<[string, Partial<TokenConfig>]>([
  ['PEM', { certificate: first.cert }],
  ['a chain', { certificate: `${first.cert}\n${second.cert}` }],
])('with a certificate as %s, the assertion has its thumbprints', async (_, changes) => {
  const issuer = fakeIssuer();

  const answer = await fetchToken(keyConfig(issuer, changes));

  expect(answer.isOk()).toBe(true);
  const thumbprints = { x5t: digest('sha1', first.cert), 'x5t#S256': digest('sha256', first.cert) };
  expect(headersSent(issuer)).toEqual([{ alg: 'ES256', typ: 'JWT', ...thumbprints }]);
});

test('a certificate goes with a CryptoKey', async () => {
  const issuer = fakeIssuer();
  const der = createPrivateKey(first.key).export({ type: 'pkcs8', format: 'der' });
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };
  const privateKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);

  await fetchToken(keyConfig(issuer, { privateKey, certificate: first.cert }));

  expect(headersSent(issuer)).toMatchObject([{ x5t: digest('sha1', first.cert) }]);
});

test('a key file and a certificate file that are replaced are both read at the next acquisition', async () => {
  const issuer = fakeIssuer();
  const { file, keyFile } = createFiles();
  writeFileSync(file, first.cert);
  writeFileSync(keyFile, first.key);
  const config = keyConfig(issuer, { privateKey: { file: keyFile }, certificate: { file } });
  const token = (await Token.create(config)).unwrap();

  writeFileSync(file, second.cert);
  writeFileSync(keyFile, second.key);
  await token.invalidate();

  expect(headersSent(issuer)).toMatchObject([first, second].map(({ cert }) => ({ x5t: digest('sha1', cert) })));
  await token.close();
});

test.each<[string, unknown, string]>([
  ['of another key', second.cert, 'is not that of privateKey'],
  ['that is rubbish', 'CANARY', 'is not a certificate in PEM'],
  ['that is a key', first.key, 'is not a certificate in PEM'],
  ['in a file that is not there', { file: '/nowhere/tls.crt' }, '"/nowhere/tls.crt" cannot be read (ENOENT)'],
  ['of another type', 5, 'must be PEM text or { file }'],
])('nothing is sent with a certificate %s', async (_, certificate, problem) => {
  const issuer = fakeIssuer();

  const error = (await fetchToken(keyConfig(issuer, { certificate: certificate as Certificate }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'certificate' });
  expect(error.message).toContain(problem);
  expect(error).toHideSecrets(['CANARY', first.key]);
  expect(issuer.asked).toHaveLength(0);
});

test('a certificate needs a private key', async () => {
  const error = (await fetchToken(configFor(fakeIssuer(), { certificate: first.cert }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_CONFIG', field: 'certificate' });
});

test.each([
  [401, { error: 'invalid_client' }],
  [400, { error: 'invalid_client' }],
  [401, {}],
])('when a %d with %j refuses the assertion, the error names what to check', async (status, body) => {
  const privateKey = foreign.export({ type: 'pkcs8', format: 'pem' }) as string;
  const config = configFor(fakeIssuer(refuse(status, body)), { clientSecret: undefined, privateKey });

  const error = (await fetchToken(config)).unwrapErr();

  for (const word of ['clientId', 'keyId', 'certificate', 'assertionAudience', 'clock']) {
    expect(error.message).toContain(word);
  }
});
