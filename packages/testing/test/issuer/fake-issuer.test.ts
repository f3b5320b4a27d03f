import { discover } from '@bearings/oidc-discovery';
import { Token } from '@bearings/oauth-bearer';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { fakeIssuer } from '../../src/issuer/fake-issuer.ts';
import type { FakeIssuer } from '../../src/issuer/fake-issuer.ts';
import { fakeBrowser } from '../../src/browser/fake-browser.ts';
import { authorize } from './oauth-client.ts';
import { virtualClock } from '../../src/clock/virtual-clock.ts';

/** The body of a token response. */
async function parse(answer: Promise<Response>): Promise<{ access_token: string; expires_in: number }> {
  return (await (await answer).json()) as { access_token: string; expires_in: number };
}

/** Sends a token request without Bearings. */
async function requestToken(issuer: FakeIssuer, params: Record<string, string>, headers = {}): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...params });
  return issuer.fetch(issuer.tokenEndpoint, { method: 'POST', headers, body });
}

const posted = { client_id: 'test-client', client_secret: 'test-client-secret' };

test('a token is granted only to a registered client with its secret', async () => {
  const issuer = fakeIssuer();

  const granted = await requestToken(issuer, posted);
  const wrongSecret = await requestToken(issuer, { ...posted, client_secret: 'guessed' });
  const unknownClient = await requestToken(issuer, {}, { authorization: `Basic ${btoa('unknown:secret')}` });

  expect(granted.status).toBe(200);
  expect(await granted.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
  expect([wrongSecret.status, await wrongSecret.json()]).toEqual([
    401,
    expect.objectContaining({ error: 'invalid_client' }),
  ]);
  expect([unknownClient.status, unknownClient.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="token"']);
});

test('basic credentials are form-decoded (RFC 6749 Appendix B)', async () => {
  const odd = { clientId: ' %&+£€', clientSecret: 'p+s:w%20r' };
  const issuer = fakeIssuer({ clients: [odd] });
  const encoded = (value: string): string => new URLSearchParams([['', value]]).toString().slice(1);
  const basic = `${encoded(odd.clientId)}:${encoded(odd.clientSecret)}`;

  const encodedAnswer = await requestToken(issuer, {}, { authorization: `Basic ${btoa(basic)}` });
  const rawAnswer = await requestToken(
    issuer,
    {},
    { authorization: `Basic ${Buffer.from(' %&+£€:p+s:w%20r').toString('base64')}` },
  );

  expect([encodedAnswer.status, rawAnswer.status]).toEqual([200, 401]);
});

test.each<[string, Record<string, string>, Record<string, string>, string]>([
  ['two methods of client authentication', posted, { authorization: `Basic ${btoa('a:b')}` }, 'invalid_request'],
  ['an unsupported grant', { ...posted, grant_type: 'password' }, {}, 'unsupported_grant_type'],
  ['another content type', posted, { 'content-type': 'text/plain' }, 'invalid_request'],
  ['a scope that the client may not request', { ...posted, scope: 'orders.read admin' }, {}, 'invalid_scope'],
])('%s is rejected', async (...[, params, headers, error]) => {
  const issuer = fakeIssuer({
    clients: [{ clientId: 'test-client', clientSecret: 'test-client-secret', scopes: ['orders.read'] }],
  });

  const answer = await requestToken(issuer, params, headers);

  expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error })]);
});

test('a repeated parameter and GET are rejected', async () => {
  const issuer = fakeIssuer();
  const body = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['grant_type', 'client_credentials'],
  ]);

  const twice = await issuer.fetch(issuer.tokenEndpoint, { method: 'POST', body });
  const got = await issuer.fetch(issuer.tokenEndpoint);

  expect([twice.status, got.status]).toEqual([400, 405]);
});

test('tokens are JWTs that verify with the published keys', async () => {
  const issuer = fakeIssuer();
  const requested = requestToken(issuer, { ...posted, scope: 'orders.read', audience: 'https://api.test' });
  const { access_token: token } = await parse(requested);
  const keys = createRemoteJWKSet(new URL('/jwks', issuer.origin), { [customFetch]: issuer.fetch });

  const { payload } = await jwtVerify(token, keys, {
    issuer: issuer.issuerUrl,
    audience: 'https://api.test',
    typ: 'at+jwt',
  });

  expect(payload).toMatchObject({ sub: 'test-client', client_id: 'test-client', scope: 'orders.read' });
});

test('opaqueToken sets the text of opaque tokens', async () => {
  const issuer = fakeIssuer({ tokenFormat: 'opaque', opaqueToken: (count) => `at-${count}` });

  await requestToken(issuer, posted);
  const { access_token: second } = await parse(requestToken(issuer, posted));

  expect(second).toBe('at-2');
  expect(issuer.introspect('at-2')).toMatchObject({ clientId: 'test-client' });
  expect(issuer.introspect('at-3')).toBe('unknown');
});

test('opaqueToken gets a count that increases even if the text repeats', async () => {
  const counts: number[] = [];
  const issuer = fakeIssuer({ tokenFormat: 'opaque', opaqueToken: (count) => (counts.push(count), 'the-same') });

  for (const _ of [1, 2, 3]) await requestToken(issuer, posted);

  expect(counts).toEqual([1, 2, 3]);
});

test('a token expires by server time, not by the clock of the client', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 60_000 });
  const { access_token: token, expires_in: seconds } = await parse(requestToken(issuer, posted));

  clock.jumpWall(3_600_000);
  const duringWrongClock = issuer.introspect(token);
  await clock.advance(59_999);
  const before = issuer.introspect(token);
  await clock.advance(1);

  expect(seconds).toBe(60);
  expect(duringWrongClock).toMatchObject({ clientId: 'test-client' });
  expect(before).toMatchObject({ clientId: 'test-client' });
  expect(issuer.introspect(token)).toBe('expired');
});

test('revoke(token) revokes one token, revoke() all tokens', async () => {
  const issuer = fakeIssuer({ tokenFormat: 'opaque' });
  for (const _ of [1, 2, 3]) await requestToken(issuer, posted);

  issuer.revoke('opaque-token-1');
  const after = [issuer.introspect('opaque-token-1'), issuer.introspect('opaque-token-2')];
  issuer.revoke();

  expect(after).toEqual(['revoked', expect.objectContaining({ clientId: 'test-client' })]);
  expect(issuer.introspect('opaque-token-3')).toBe('revoked');
});

test('revoke takes an AccessToken', async () => {
  const issuer = fakeIssuer();
  await using token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  const access = token.read().unwrap();

  issuer.revoke(access);

  expect(issuer.introspect(access.secret.expose())).toBe('revoked');
});

test('a token signed with a replaced key is unknown', async () => {
  const issuer = fakeIssuer();
  const { access_token: old } = await parse(requestToken(issuer, posted));

  issuer.rotateKeys();
  const { access_token: young } = await parse(requestToken(issuer, posted));

  expect(issuer.introspect(old)).toBe('unknown');
  expect(issuer.introspect(young)).toMatchObject({ clientId: 'test-client' });
});

test.each(['https://id.example', 'https://id.example/', 'https://id.example/realms/prod'])(
  'the metadata of %s is at the paths of OIDC and RFC 8414, with the exact issuer',
  async (issuerUrl) => {
    const issuer = fakeIssuer({ issuerUrl });
    const { pathname } = new URL(issuerUrl);
    const tail = pathname === '/' ? '' : pathname;

    const found = (await discover(issuerUrl, { fetch: issuer.fetch })).unwrap();
    const other = await issuer.fetch(`https://id.example/.well-known/oauth-authorization-server${tail}`);

    expect(found.issuer).toBe(issuerUrl);
    expect(found.token_endpoint).toBe(issuer.tokenEndpoint);
    expect(await other.json()).toMatchObject({ issuer: issuerUrl });
  },
);

test('counts has the number of requests, granted and refused tokens', async () => {
  const issuer = fakeIssuer();
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  await requestToken(issuer, {});
  await token.close();

  expect(issuer.counts).toEqual({ metadata: 1, jwks: 0, token: 2, granted: 1, refused: 1, refreshes: 0, reuses: 0 });
});

test('the claims of a token contain issue and expiry time', async () => {
  const clock = virtualClock({ startAt: 1_000_000_000_000 });
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 60_000 });

  const { access_token: token } = await parse(requestToken(issuer, posted));

  expect(decodeJwt(token)).toMatchObject({ iat: 1_000_000_000, exp: 1_000_000_060, iss: 'https://issuer.test' });
});

test('a token without end has neither expires_in nor exp', async () => {
  const issuer = fakeIssuer({ tokenLifetimeMs: Infinity });

  const body = await parse(requestToken(issuer, posted));

  expect(body).not.toHaveProperty('expires_in');
  expect(decodeJwt(body.access_token)).not.toHaveProperty('exp');
  expect(issuer.introspect(body.access_token)).toMatchObject({ expiresAt: Infinity });
});

test('a browser reaches an issuer that listens on a port', async () => {
  await using issuer = await fakeIssuer().listen();

  const { code, iss } = await authorize(issuer, {}, fakeBrowser());

  expect([code, iss]).toEqual(['code-1', issuer.issuerUrl]);
});
