import { generateKeyPairSync } from 'node:crypto';
import { fakeIssuer, faults, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import '@bearings/testing/vitest';
import { decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { fetchToken } from '../../src/token/fetch-token.ts';
import type { TokenConfig } from '../../src/token/token-config.ts';
import { configFor, createToken, recordEvents } from '../create-token.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = publicKey.export({ format: 'jwk' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

function createIssuer(clock?: VirtualClock): FakeIssuer {
  return fakeIssuer({ clients: [{ clientId: 'svc', publicKey: jwk }], ...(clock && { clock }) });
}

const keyConfig = (issuer: FakeIssuer, changes: Partial<TokenConfig> = {}): TokenConfig =>
  configFor(issuer, { clientSecret: undefined, privateKey: pem, ...changes });

const sentAssertions = ({ requests }: FakeIssuer): readonly string[] =>
  requests.flatMap((request) => request.params('client_assertion'));

const distinct = (values: readonly unknown[]): number => new Set(values).size;

test('an assertion names client and audience, is signed, and is valid for a minute', async () => {
  const clock = virtualClock();
  const issuer = createIssuer(clock);
  const nowS = clock.now() / 1_000;

  await fetchToken(keyConfig(issuer, { clock }));

  const [assertion = ''] = sentAssertions(issuer);
  const { payload } = await jwtVerify(assertion, publicKey, { currentDate: new Date(clock.now()) });
  expect(payload).toEqual({
    iss: 'svc',
    sub: 'svc',
    aud: 'https://issuer.test',
    iat: nowS,
    exp: nowS + 60,
    jti: expect.stringMatching(/^[\da-f-]{36}$/),
  });
});

test.each<[string, (issuer: FakeIssuer) => Partial<TokenConfig>, string]>([
  ['the issuer, character by character', () => ({}), 'https://issuer.test/tenant/'],
  [
    'the token endpoint, when that is all there is',
    ({ tokenEndpoint }) => ({ issuerUrl: undefined, tokenEndpoint }),
    'https://issuer.test/tenant/token',
  ],
  [
    'the audience of the config',
    ({ tokenEndpoint }) => ({ assertionAudience: tokenEndpoint }),
    'https://issuer.test/tenant/token',
  ],
])('an assertion is for %s', async (_, changes, audience) => {
  const issuerUrl = 'https://issuer.test/tenant/';
  const issuer = fakeIssuer({ issuerUrl, clients: [{ clientId: 'svc', publicKey: jwk }] });

  const answer = await fetchToken(keyConfig(issuer, changes(issuer)));

  expect(answer.isOk()).toBe(true);
  expect(sentAssertions(issuer).map((each) => decodeJwt(each).aud)).toEqual([audience]);
});

test('no assertion is sent twice, also when the request is sent again', async () => {
  const issuer = createIssuer();
  issuer.inject(faults.status(503), { times: 2 });

  const answer = await fetchToken(keyConfig(issuer));

  const sent = sentAssertions(issuer);
  expect(answer.isOk()).toBe(true);
  expect(sent).toHaveLength(3);
  expect(distinct(sent.map((each) => decodeJwt(each).jti))).toBe(3);
});

test('after a lost answer the request is sent again with a new assertion', async () => {
  const issuer = createIssuer();
  let lost = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await issuer.fetch(input, init);
    if (response.url.endsWith('.well-known/openid-configuration') || issuer.counts.token === 0) return response;
    lost += 1;
    if (lost === 1)
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNRESET' }) });
    return response;
  };

  const answer = await fetchToken(keyConfig(issuer, { fetch }));

  expect(answer.isOk()).toBe(true);
  expect(issuer.counts).toMatchObject({ token: 2, granted: 2, refused: 0 });
});

test('an assertion is made when its request is sent, so waiting does not shorten its life', async () => {
  const clock = virtualClock();
  const issuer = createIssuer(clock);
  const startedS = clock.now() / 1_000;
  issuer.inject(faults.status(503, { headers: { 'retry-after': '20' } }), { times: 1 });
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await issuer.fetch(input, init);
    if (response.status === 503) setImmediate(() => void clock.advance(20_000));
    return response;
  };

  await fetchToken(keyConfig(issuer, { clock, fetch }));

  expect(sentAssertions(issuer).map((each) => decodeJwt(each).iat)).toEqual([startedS, startedS + 20]);
});

test('every acquisition has its own assertion', async () => {
  const issuer = createIssuer();
  const token = await createToken(issuer, keyConfig(issuer));

  await token.invalidate();
  await token.invalidate();

  const ids = sentAssertions(issuer).map((each) => decodeJwt(each).jti);
  expect(ids).toHaveLength(3);
  expect(distinct(ids)).toBe(3);
  await token.close();
});

test('the header names the algorithm, and the key if it has a kid', async () => {
  const issuer = createIssuer();

  await fetchToken(keyConfig(issuer));
  await fetchToken(keyConfig(issuer, { keyId: 'key-of-november' }));

  expect(sentAssertions(issuer).map((each) => decodeProtectedHeader(each))).toEqual([
    { alg: 'ES256', typ: 'JWT' },
    { alg: 'ES256', typ: 'JWT', kid: 'key-of-november' },
  ]);
});

test('an error does not show an assertion that the server repeats', async () => {
  const issuer = createIssuer();
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const isToken = request.url === issuer.tokenEndpoint;
    if (!isToken) return issuer.fetch(input, init);
    const assertion = new URLSearchParams(await request.text()).get('client_assertion');
    sent.push(assertion ?? '');
    return Response.json({ error: 'invalid_client', error_description: `not known: ${assertion}` }, { status: 401 });
  };
  const sent: string[] = [];

  const error = (await fetchToken(keyConfig(issuer, { fetch }))).unwrapErr();

  expect(error).toMatchObject({ code: 'TOKEN_HTTP', oauthError: 'invalid_client' });
  expect(sent).toHaveLength(1);
  expect(error).toHideSecrets(sent);
});

test('events, status and the token itself show neither key nor assertion', async () => {
  const issuer = createIssuer();
  const token = await createToken(issuer, { ...keyConfig(issuer), start: 'lazy' });
  const events = recordEvents(token);

  await token.get();

  const secrets = [pem, ...sentAssertions(issuer)];
  expect(events).toHaveLength(1);
  expect(events).toHideSecrets(secrets);
  expect(token.status()).toHideSecrets(secrets);
  expect(token).toHideSecrets(secrets);
  await token.close();
});
