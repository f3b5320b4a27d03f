import { discover } from '@bearings/oidc-discovery';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fakeBrowser } from '../../src/browser/fake-browser.ts';
import type { FakeBrowser, Page } from '../../src/index.ts';
import { fakeIssuer } from '../../src/issuer/fake-issuer.ts';
import { authorizationParams, readTokens, redirectUri, verifier } from './oauth-client.ts';
import type { Answered, Params, UserTokens } from './oauth-client.ts';
import { startOidcProvider } from './oidc-provider.ts';
import type { OidcProvider } from './oidc-provider.ts';

/** What a test needs of a server. */
interface Server {
  readonly issuerUrl: string;
  readonly fetch: typeof globalThis.fetch;
}

let real: OidcProvider;
let output: readonly { mockRestore(): void }[] = [];

beforeAll(async () => {
  // oidc-provider warns that its keys and pages are for development.
  output = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'info')].map((spy) => spy.mockImplementation(() => undefined));
  real = await startOidcProvider();
});
afterAll(async () => {
  await real[Symbol.asyncDispose]();
  for (const spy of output) spy.mockRestore();
});

const toSearch = (params: Params): URLSearchParams =>
  new URLSearchParams(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** Fills in forms until the browser leaves the server, or a page has no form. */
async function consent(browser: FakeBrowser, start: Page): Promise<Page> {
  let page = start;
  for (let count = 0; count < 5 && page.redirect === undefined && page.text.includes('<form'); count += 1) {
    const fields = page.text.includes('name="login"') ? { login: 'alice', password: 'any' } : {};
    page = await browser.submit(page, fields, { stopBefore: redirectUri });
  }
  return page;
}

async function authorize(server: Server, changes: Params = {}): Promise<Readonly<Record<string, string>>> {
  const metadata = (await discover(server.issuerUrl, { fetch: server.fetch })).unwrap();
  const browser = fakeBrowser(server.fetch);
  const url = `${String(metadata['authorization_endpoint'])}?${toSearch({ ...authorizationParams, ...changes })}`;
  const page = await consent(browser, await browser.open(url, { stopBefore: redirectUri }));
  return page.redirect === undefined
    ? { status: String(page.status) }
    : Object.fromEntries(new URL(page.redirect).searchParams);
}

async function post(server: Server, endpoint: string, params: Params): Promise<Answered> {
  const metadata = (await discover(server.issuerUrl, { fetch: server.fetch })).unwrap();
  const body = toSearch({ client_id: 'test-client', client_secret: 'test-client-secret', ...params });
  const response = await server.fetch(String(metadata[endpoint]), { method: 'POST', body });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answered['body']) };
}

const exchange = async (server: Server, code: string | undefined, changes: Params = {}): Promise<Answered> => {
  const params = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  return post(server, 'token_endpoint', { ...params, ...changes });
};
const refresh = async (server: Server, token: string, changes: Params = {}): Promise<Answered> =>
  post(server, 'token_endpoint', { grant_type: 'refresh_token', refresh_token: token, ...changes });
const signIn = async (server: Server): Promise<UserTokens> =>
  readTokens(await exchange(server, (await authorize(server))['code']));
const isActive = async (server: Server, token: string): Promise<unknown> =>
  (await post(server, 'introspection_endpoint', { token })).body['active'];
/** The part of a response that both servers must have in common. */
const outcome = ({ status, body }: Answered): unknown => (status === 200 ? 200 : [status, body['error']]);

async function startDevice(server: Server): Promise<Answered['body']> {
  return (await post(server, 'device_authorization_endpoint', { scope: 'openid' })).body;
}
const pollDevice = async (server: Server, code: unknown): Promise<Answered> => {
  const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code' };
  return post(server, 'token_endpoint', { ...grant, device_code: String(code) });
};

const invalidGrant = [400, 'invalid_grant'];

/** What a client does, and what it sees at both servers. */
const scenarios: readonly (readonly [name: string, act: (server: Server) => Promise<unknown>, expected: unknown])[] = [
  [
    'the authorization response has code, state and iss',
    async (server) => {
      const { iss, ...others } = await authorize(server);
      return [Object.keys(others).toSorted(), iss === server.issuerUrl];
    },
    [['code', 'state'], true],
  ],
  [
    'the token response of a code has the same members',
    async (server) => Object.keys((await exchange(server, (await authorize(server))['code'])).body).toSorted(),
    ['access_token', 'expires_in', 'id_token', 'refresh_token', 'scope', 'token_type'],
  ],
  [
    'a missing PKCE challenge is an error',
    async (s) => (await authorize(s, { code_challenge: '' }))['error'],
    'invalid_request',
  ],
  [
    'an unknown redirect URI is an error page',
    async (server) => authorize(server, { redirect_uri: 'https://evil.test/' }),
    { status: '400' },
  ],
  [
    'an unknown client is an error page',
    async (server) => authorize(server, { client_id: 'unknown' }),
    { status: '400' },
  ],
  [
    'another response_type is an error',
    async (server) => (await authorize(server, { response_type: 'unknown' }))['error'],
    'unsupported_response_type',
  ],
  [
    'a wrong verifier is refused, and the code stays valid',
    async (server) => {
      const { code } = await authorize(server);
      const wrong = 'another-code-verifier-of-43-characters-00000';
      const [refused, granted] = [await exchange(server, code, { code_verifier: wrong }), await exchange(server, code)];
      return [outcome(refused), outcome(granted)];
    },
    [invalidGrant, 200],
  ],
  [
    'a wrong redirect URI is refused at the token endpoint',
    async (server) => {
      const { code } = await authorize(server);
      return outcome(await exchange(server, code, { redirect_uri: 'https://app.test/other' }));
    },
    invalidGrant,
  ],
  [
    'a code that is used twice ends all tokens',
    async (server) => {
      const { code } = await authorize(server);
      const first = readTokens(await exchange(server, code));
      const second = outcome(await exchange(server, code));
      return [second, await isActive(server, first.access), outcome(await refresh(server, first.refresh))];
    },
    [invalidGrant, false, invalidGrant],
  ],
  [
    'a refresh token is replaced, and its reuse ends all tokens',
    async (server) => {
      const first = await signIn(server);
      const second = readTokens(await refresh(server, first.refresh));
      const before = await isActive(server, second.access);
      const reused = outcome(await refresh(server, first.refresh));
      const after = [await isActive(server, second.access), await isActive(server, first.access)];
      return [second.refresh !== first.refresh, before, reused, after, outcome(await refresh(server, second.refresh))];
    },
    [true, true, invalidGrant, [false, false], invalidGrant],
  ],
  [
    'of ten concurrent refreshes one is granted, and its tokens end',
    async (server) => {
      const { refresh: token } = await signIn(server);
      const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(server, token)));
      const winners = answers.filter(({ status }) => status === 200);
      return [winners.length, await isActive(server, String(winners[0]?.body['access_token']))];
    },
    [1, false],
  ],
  [
    'a refresh with a scope that was not granted is refused, and the token stays valid',
    async (server) => {
      const { refresh: token } = await signIn(server);
      const wider = outcome(await refresh(server, token, { scope: 'openid admin' }));
      return [wider, outcome(await refresh(server, token))];
    },
    [[400, 'invalid_scope'], 200],
  ],
  [
    'a revoked refresh token ends with its access token',
    async (server) => {
      const tokens = await signIn(server);
      const revoked = outcome(await post(server, 'revocation_endpoint', { token: tokens.refresh }));
      return [revoked, outcome(await refresh(server, tokens.refresh)), await isActive(server, tokens.access)];
    },
    [200, invalidGrant, false],
  ],
  [
    'the revocation of an unknown token succeeds',
    async (server) => outcome(await post(server, 'revocation_endpoint', { token: 'unknown' })),
    200,
  ],
  [
    'a wrong client secret is refused at each endpoint',
    async (server) => {
      const endpoints = ['token_endpoint', 'revocation_endpoint', 'introspection_endpoint'];
      const params = { client_secret: 'guessed', token: 'unknown', grant_type: 'refresh_token', refresh_token: 'x' };
      return Promise.all(endpoints.map(async (endpoint) => outcome(await post(server, endpoint, params))));
    },
    [
      [401, 'invalid_client'],
      [401, 'invalid_client'],
      [401, 'invalid_client'],
    ],
  ],
  [
    'the introspection of a refresh token names the client and the account',
    async (server) => {
      const { refresh: token } = await signIn(server);
      const { body } = await post(server, 'introspection_endpoint', { token });
      return [body['active'], body['client_id'], body['sub'], body['iss'] === server.issuerUrl];
    },
    [true, 'test-client', 'alice', true],
  ],
  [
    'userinfo answers the account of the token',
    async (server) => {
      const { access } = await signIn(server);
      const metadata = (await discover(server.issuerUrl, { fetch: server.fetch })).unwrap();
      const headers = { authorization: `Bearer ${access}` };
      const response = await server.fetch(String(metadata['userinfo_endpoint']), { headers });
      return [response.status, ((await response.json()) as Answered['body'])['sub']];
    },
    [200, 'alice'],
  ],
  [
    'a device waits for the user, gets tokens once, and no more',
    async (server) => {
      const device = await startDevice(server);
      const pending = outcome(await pollDevice(server, device['device_code']));
      const browser = fakeBrowser(server.fetch);
      await consent(browser, await browser.open(String(device['verification_uri_complete'])));
      const granted = outcome(await pollDevice(server, device['device_code']));
      return [pending, granted, outcome(await pollDevice(server, device['device_code']))];
    },
    [[400, 'authorization_pending'], 200, invalidGrant],
  ],
  ['an unknown device code is refused', async (server) => outcome(await pollDevice(server, 'unknown')), invalidGrant],
];

test.each(scenarios)('the fake issuer and oidc-provider agree: %s', async (_name, act, expected) => {
  const fake = fakeIssuer({
    clients: [{ clientId: 'test-client', clientSecret: 'test-client-secret', redirectUris: [redirectUri] }],
    deviceIntervalMs: 0,
  });

  expect(await act(fake)).toEqual(expected);
  expect(await act(real)).toEqual(expected);
});
