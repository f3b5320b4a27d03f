import { createHash } from 'node:crypto';
import type { IssuedToken, TokenError } from '@bearings/oauth-bearer';
import { TokenEndpoint } from '@bearings/oauth-bearer/source';
import { fakeBrowser } from '@bearings/testing';
import type { FakeIssuer } from '@bearings/testing';
import type { Result } from 'ts-results';
import { normalizeTokenResponse } from '../../src/providers/normalize-token-response.ts';
import { scopeParams } from '../../src/providers/scope-params.ts';
import type { Provider } from '../../src/index.ts';

type Answer = Promise<Result<IssuedToken, TokenError>>;

/** A client of a fake provider that reads nothing but the preset. */
export interface ProviderClient {
  /** Sends the browser of a user to the provider and exchanges the code. */
  consent(scopes: readonly string[], params?: Readonly<Record<string, string>>): Answer;
  refresh(token: IssuedToken): Answer;
  exchange(code: string): Answer;
}

const redirectUri = 'https://app.test/callback';
const verifier = 'a-code-verifier-of-at-least-43-characters-0';
const challenge = createHash('sha256').update(verifier).digest('base64url');

/** Creates the client. The fake has other addresses than the provider, the rest is the preset's. */
export function providerClient(provider: Provider, fake: FakeIssuer, secret?: string): ProviderClient {
  const { clientId, clientSecret, issuerUrl } = fake.credentials;
  const { clientAuthMethod, endpoints, tokenBody: bodyFormat, authParams, tokenParams = {} } = provider;
  const server = endpoints === undefined ? { issuerUrl } : { tokenEndpoint: fake.endpoints.token };
  const credentials = { clientId, clientSecret: secret ?? clientSecret };
  const config = { ...server, ...credentials, clientAuthMethod, fetch: fake.fetch };
  const endpoint = TokenEndpoint.create(config).unwrap();
  const request = async (params: Readonly<Record<string, string>>): Answer =>
    endpoint.request({
      params: Object.entries({ ...params, ...tokenParams }),
      retry: 'never',
      scopes: [],
      signal: AbortSignal.timeout(60_000),
      isProbe: true,
      bodyFormat,
      adapt: (response) => normalizeTokenResponse(response, provider),
    });
  const exchange = async (code: string): Answer =>
    request({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });
  return {
    exchange,
    async consent(scopes, params = {}) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        code_challenge: challenge,
        code_challenge_method: 'S256',
        ...scopeParams(provider, scopes),
        ...authParams,
        ...params,
      });
      const browser = fakeBrowser(fake.fetch);
      const page = await browser.open(`${fake.endpoints.authorization}?${query}`, { stopBefore: redirectUri });
      return exchange(new URL(page.redirect ?? '').searchParams.get('code') ?? '');
    },
    refresh: async (token) =>
      request({ grant_type: 'refresh_token', refresh_token: token.extras?.refreshToken?.expose() ?? 'none' }),
  };
}
