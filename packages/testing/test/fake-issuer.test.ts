import { discover } from '@bearings/oidc-discovery';
import { Token } from '@bearings/oauth-bearer';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { fakeIssuer } from '../src/fake-issuer.ts';
import type { FakeIssuer } from '../src/fake-issuer.ts';
import { virtualClock } from '../src/virtual-clock.ts';

/** What a token endpoint says. */
async function said(answer: Promise<Response>): Promise<{ access_token: string; expires_in: number }> {
  return (await (await answer).json()) as { access_token: string; expires_in: number };
}

/** Asks for a token as a client that was written by hand. */
async function ask(issuer: FakeIssuer, params: Record<string, string>, headers = {}): Promise<Response> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...params });
  return issuer.fetch(issuer.tokenEndpoint, { method: 'POST', headers, body });
}

const posted = { client_id: 'test-client', client_secret: 'test-client-secret' };

test('a token is granted to the client it knows, and to nobody else', async () => {
  const issuer = fakeIssuer();

  const good = await ask(issuer, posted);
  const wrong = await ask(issuer, { ...posted, client_secret: 'guessed' });
  const stranger = await ask(issuer, {}, { authorization: `Basic ${btoa('nobody:nothing')}` });

  expect(good.status).toBe(200);
  expect(await good.json()).toMatchObject({ token_type: 'Bearer', expires_in: 3_600 });
  expect([wrong.status, await wrong.json()]).toEqual([401, expect.objectContaining({ error: 'invalid_client' })]);
  expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="token"']);
});

test('basic credentials are form-decoded (RFC 6749 Appendix B)', async () => {
  const odd = { clientId: ' %&+£€', clientSecret: 'p+s:w%20r' };
  const issuer = fakeIssuer({ clients: [odd] });
  const encoded = (value: string): string => new URLSearchParams([['', value]]).toString().slice(1);
  const basic = `${encoded(odd.clientId)}:${encoded(odd.clientSecret)}`;

  const encodedAnswer = await ask(issuer, {}, { authorization: `Basic ${btoa(basic)}` });
  const rawAnswer = await ask(
    issuer,
    {},
    { authorization: `Basic ${Buffer.from(' %&+£€:p+s:w%20r').toString('base64')}` },
  );

  expect([encodedAnswer.status, rawAnswer.status]).toEqual([200, 401]);
});

test.each<[string, Record<string, string>, Record<string, string>, string]>([
  ['two ways of client authentication', posted, { authorization: `Basic ${btoa('a:b')}` }, 'invalid_request'],
  ['another grant', { ...posted, grant_type: 'password' }, {}, 'unsupported_grant_type'],
  ['another content type', posted, { 'content-type': 'text/plain' }, 'invalid_request'],
  ['a scope that the client may not have', { ...posted, scope: 'orders.read admin' }, {}, 'invalid_scope'],
])('%s is refused', async (...[, params, headers, error]) => {
  const issuer = fakeIssuer({
    clients: [{ clientId: 'test-client', clientSecret: 'test-client-secret', scopes: ['orders.read'] }],
  });

  const answer = await ask(issuer, params, headers);

  expect([answer.status, await answer.json()]).toEqual([400, expect.objectContaining({ error })]);
});

test('a parameter that is there twice is refused, and so is GET', async () => {
  const issuer = fakeIssuer();
  const body = new URLSearchParams([
    ['grant_type', 'client_credentials'],
    ['grant_type', 'client_credentials'],
  ]);

  const twice = await issuer.fetch(issuer.tokenEndpoint, { method: 'POST', body });
  const got = await issuer.fetch(issuer.tokenEndpoint);

  expect([twice.status, got.status]).toEqual([400, 405]);
});

test('its tokens are JWTs that verify with its published keys', async () => {
  const issuer = fakeIssuer();
  const asked = ask(issuer, { ...posted, scope: 'orders.read', audience: 'https://api.test' });
  const { access_token: token } = await said(asked);
  const keys = createRemoteJWKSet(new URL('/jwks', issuer.origin), { [customFetch]: issuer.fetch });

  const { payload } = await jwtVerify(token, keys, {
    issuer: issuer.issuerUrl,
    audience: 'https://api.test',
    typ: 'at+jwt',
  });

  expect(payload).toMatchObject({ sub: 'test-client', client_id: 'test-client', scope: 'orders.read' });
});

test('opaque tokens are called what one likes', async () => {
  const issuer = fakeIssuer({ tokenFormat: 'opaque', opaqueToken: (count) => `at-${count}` });

  await ask(issuer, posted);
  const { access_token: second } = await said(ask(issuer, posted));

  expect(second).toBe('at-2');
  expect(issuer.introspect('at-2')).toMatchObject({ clientId: 'test-client' });
  expect(issuer.introspect('at-3')).toBe('unknown');
});

test('opaque tokens are counted, also when the same one is given out again', async () => {
  const counts: number[] = [];
  const issuer = fakeIssuer({ tokenFormat: 'opaque', opaqueToken: (count) => (counts.push(count), 'the-same') });

  for (const _ of [1, 2, 3]) await ask(issuer, posted);

  expect(counts).toEqual([1, 2, 3]);
});

test('a token is good until its time is up, by the time outside the machine', async () => {
  const clock = virtualClock();
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 60_000 });
  const { access_token: token, expires_in: seconds } = await said(ask(issuer, posted));

  clock.jumpWall(3_600_000);
  const whileTheMachineIsWrong = issuer.introspect(token);
  await clock.advance(59_999);
  const before = issuer.introspect(token);
  await clock.advance(1);

  expect(seconds).toBe(60);
  expect(whileTheMachineIsWrong).toMatchObject({ clientId: 'test-client' });
  expect(before).toMatchObject({ clientId: 'test-client' });
  expect(issuer.introspect(token)).toBe('expired');
});

test('a token ends when it is revoked, and all tokens when none is named', async () => {
  const issuer = fakeIssuer({ tokenFormat: 'opaque' });
  for (const _ of [1, 2, 3]) await ask(issuer, posted);

  issuer.revoke('opaque-token-1');
  const after = [issuer.introspect('opaque-token-1'), issuer.introspect('opaque-token-2')];
  issuer.revoke();

  expect(after).toEqual(['revoked', expect.objectContaining({ clientId: 'test-client' })]);
  expect(issuer.introspect('opaque-token-3')).toBe('revoked');
});

test('an AccessToken can be revoked as it is', async () => {
  const issuer = fakeIssuer();
  await using token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  const access = token.read().unwrap();

  issuer.revoke(access);

  expect(issuer.introspect(access.secret.expose())).toBe('revoked');
});

test('a token signed with a key that is gone is no longer known', async () => {
  const issuer = fakeIssuer();
  const { access_token: old } = await said(ask(issuer, posted));

  issuer.rotateKeys();
  const { access_token: young } = await said(ask(issuer, posted));

  expect(issuer.introspect(old)).toBe('unknown');
  expect(issuer.introspect(young)).toMatchObject({ clientId: 'test-client' });
});

test.each(['https://id.example', 'https://id.example/', 'https://id.example/realms/prod'])(
  'the metadata of %s is where OIDC and RFC 8414 look for it, and names the issuer as it is',
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

test('it counts what it was asked and what it said', async () => {
  const issuer = fakeIssuer();
  const token = (await Token.create({ ...issuer.credentials, fetch: issuer.fetch })).unwrap();
  await ask(issuer, {});
  await token.close();

  expect(issuer.counts).toEqual({ metadata: 1, jwks: 0, token: 2, granted: 1, refused: 1 });
});

test('the claims of a token say when it was issued and when it ends', async () => {
  const clock = virtualClock({ startAt: 1_000_000_000_000 });
  const issuer = fakeIssuer({ clock, tokenLifetimeMs: 60_000 });

  const { access_token: token } = await said(ask(issuer, posted));

  expect(decodeJwt(token)).toMatchObject({ iat: 1_000_000_000, exp: 1_000_000_060, iss: 'https://issuer.test' });
});
