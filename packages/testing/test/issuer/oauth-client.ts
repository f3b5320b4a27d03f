import { createHash } from 'node:crypto';
import { fakeBrowser } from '../../src/browser/fake-browser.ts';
import type { FakeBrowser } from '../../src/browser/fake-browser.ts';
import type { FakeIssuer } from '../../src/issuer/fake-issuer.ts';

export const redirectUri = 'https://app.test/callback';
export const verifier = 'a-code-verifier-of-at-least-43-characters-0';

/** The parameters of an authorization request that is correct. */
export const authorizationParams = {
  response_type: 'code',
  client_id: 'test-client',
  redirect_uri: redirectUri,
  scope: 'openid orders.read',
  state: 'state-1',
  nonce: 'nonce-1',
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
} as const;

export type Params = Readonly<Record<string, string | undefined>>;

const toSearch = (params: Params): URLSearchParams =>
  new URLSearchParams(Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** Sends the browser of a user to the issuer. Returns the parameters with which it comes back. */
export async function authorize(
  issuer: FakeIssuer,
  changes: Params = {},
  browser: FakeBrowser = fakeBrowser(issuer.fetch),
): Promise<Readonly<Record<string, string>>> {
  const search = toSearch({ ...authorizationParams, ...changes });
  const page = await browser.open(`${issuer.issuerUrl}/authorize?${search}`, { stopBefore: redirectUri });
  if (page.redirect === undefined) return { status: String(page.status), page: page.text };
  return Object.fromEntries(new URL(page.redirect).searchParams);
}

/** A response with its JSON. */
export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Posts a form as the test client. */
export async function post(issuer: FakeIssuer, path: string, params: Params): Promise<Answered> {
  const body = toSearch({ client_id: 'test-client', client_secret: 'test-client-secret', ...params });
  const response = await issuer.fetch(`${issuer.issuerUrl}${path}`, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body,
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Answered['body']) };
}

/** Exchanges an authorization code. */
export async function exchange(issuer: FakeIssuer, code: string | undefined, changes: Params = {}): Promise<Answered> {
  const params = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  return post(issuer, '/token', { ...params, ...changes });
}

/** The tokens of a user who consented. */
export interface UserTokens {
  readonly access: string;
  readonly refresh: string;
}

export const readTokens = ({ body }: Answered): UserTokens => ({
  access: String(body['access_token']),
  refresh: String(body['refresh_token']),
});

/** Lets a user consent and returns the tokens. */
export async function signIn(issuer: FakeIssuer, changes: Params = {}): Promise<UserTokens> {
  const { code } = await authorize(issuer, changes);
  return readTokens(await exchange(issuer, code));
}

export async function refresh(issuer: FakeIssuer, token: string, changes: Params = {}): Promise<Answered> {
  return post(issuer, '/token', { grant_type: 'refresh_token', refresh_token: token, ...changes });
}
