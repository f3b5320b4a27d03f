import { discover } from '@bearings/oidc-discovery';
import { expect, test } from 'vitest';
import { fakeBrowser } from '../../../src/browser/fake-browser.ts';
import { faults } from '../../../src/faults/faults.ts';
import { fakeIssuer } from '../../../src/issuer/fake-issuer.ts';
import { authorize, exchange, post, redirectUri, signIn } from '../oauth-client.ts';

test('a user consents, and the browser comes back with code, state and iss', async () => {
  const issuer = fakeIssuer();

  expect(await authorize(issuer)).toEqual({ code: 'code-1', state: 'state-1', iss: issuer.issuerUrl });
});

test.each([
  ['a response_type that is not code', { response_type: 'token' }, 'unsupported_response_type'],
  ['no PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['PKCE by plain', { code_challenge_method: 'plain' }, 'invalid_request'],
  ['a challenge that is no SHA-256', { code_challenge: 'short' }, 'invalid_request'],
  ['a scope that the client may not request', { scope: 'admin' }, 'invalid_scope'],
])('%s is an error that the client gets', async (_what, changes, error) => {
  const issuer = fakeIssuer({
    clients: [{ clientId: 'test-client', clientSecret: 'test-client-secret', scopes: ['openid', 'orders.read'] }],
  });

  expect(await authorize(issuer, changes)).toMatchObject({ error, state: 'state-1', iss: issuer.issuerUrl });
});

test.each([
  ['an unknown client', { client_id: 'unknown' }, 'invalid_client'],
  ['a redirect URI that is not registered', { redirect_uri: `${redirectUri}/other` }, 'invalid_redirect_uri'],
  ['a redirect URI that is no URL', { redirect_uri: 'callback' }, 'invalid_redirect_uri'],
  ['no redirect URI', { redirect_uri: undefined }, 'invalid_redirect_uri'],
])('%s is an error page, without a redirect', async (_what, changes, text) => {
  const issuer = fakeIssuer({ clients: [{ clientId: 'test-client', redirectUris: [redirectUri] }] });

  expect(await authorize(issuer, changes)).toMatchObject({ status: '400', page: expect.stringContaining(text) });
});

test('a user who denies sends the browser back with access_denied', async () => {
  const issuer = fakeIssuer({ consent: 'deny' });

  const denied = await authorize(issuer);
  issuer.consent = 'approve';
  const approved = await authorize(issuer);

  expect(denied).toMatchObject({ error: 'access_denied', state: 'state-1' });
  expect(approved).toHaveProperty('code');
});

test('a user chooses the account and fewer scopes', async () => {
  const issuer = fakeIssuer({ consent: { account: 'bob', scopes: ['orders.read'] } });

  const { access } = await signIn(issuer);

  expect(issuer.introspect(access)).toMatchObject({ account: 'bob', scopes: ['orders.read'] });
});

test('a function decides for each request', async () => {
  const issuer = fakeIssuer({
    consent: ({ loginHint, scopes, clientId }) =>
      loginHint === 'mallory' ? 'deny' : { account: `${loginHint}-at-${clientId}`, scopes },
  });

  const denied = await authorize(issuer, { login_hint: 'mallory' });
  const { access } = await signIn(issuer, { login_hint: 'carol' });

  expect(denied).toMatchObject({ error: 'access_denied' });
  expect(issuer.introspect(access)).toMatchObject({ account: 'carol-at-test-client' });
});

test('a browser stays signed in as the account of its last consent', async () => {
  const issuer = fakeIssuer();
  const [one, other] = [fakeBrowser(issuer.fetch), fakeBrowser(issuer.fetch)];
  await authorize(issuer, { login_hint: 'bob' }, one);

  const accounts = [];
  for (const browser of [one, other]) {
    const { code } = await authorize(issuer, {}, browser);
    const { body } = await exchange(issuer, code);
    accounts.push(issuer.introspect(String(body['access_token'])));
  }

  expect(accounts).toMatchObject([{ account: 'bob' }, { account: 'alice' }]);
});

test('a wrong answer of a user is refused', () => {
  const issuer = fakeIssuer();

  expect(() => (issuer.consent = 'yes' as 'approve')).toThrow(
    expect.objectContaining({ code: 'CONFIG', field: 'consent' }),
  );
});

test.each([
  [{ sendsIss: false }, undefined, true],
  [{ advertisesIss: false }, 'https://issuer.test', undefined],
])('iss is sent and advertised as %j says', async (options, iss, advertised) => {
  const issuer = fakeIssuer(options);

  const answer = await authorize(issuer);
  const metadata = (await discover(issuer.issuerUrl, { fetch: issuer.fetch })).unwrap();

  expect(answer['iss']).toBe(iss);
  expect(metadata['authorization_response_iss_parameter_supported']).toBe(advertised);
});

test('faults change a parameter of the redirect, or remove it', async () => {
  const issuer = fakeIssuer();
  issuer.inject(faults.redirectParameter('iss', 'https://evil.test'), { times: 1 });
  issuer.inject(faults.redirectParameter('state', undefined), { times: 1 });

  expect(await authorize(issuer)).toMatchObject({ iss: 'https://evil.test', state: 'state-1' });
  expect(await authorize(issuer)).not.toHaveProperty('state');
});

test.each(['authorization', 'device_authorization', 'device', 'revocation', 'introspection', 'userinfo'])(
  'faults reach the endpoint %s',
  async (endpoint) => {
    const issuer = fakeIssuer();
    issuer.inject(faults.status(503), { on: endpoint });
    const path = { authorization: '/authorize', revocation: '/revoke', introspection: '/introspect' }[endpoint];

    expect(await post(issuer, path ?? `/${endpoint}`, {})).toMatchObject({ status: 503 });
  },
);
