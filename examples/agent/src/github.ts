import { fakeApi, fakeProvider } from '@bearings/testing';
import type { FakeApi, FakeIssuer } from '@bearings/testing';

/** A fake of GitHub: its token endpoint, its API, and what both saw. */
export interface GitHub {
  readonly provider: FakeIssuer;
  readonly api: FakeApi;
  readonly seen: { wrongUser: number };
  close(): Promise<void>;
}

export interface GitHubClient {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUri: string;
  readonly tokenLifetimeMs: number;
}

/** Starts it. Like GitHub, it ends the old access token with each refresh, and answers errors with status 200. */
export async function startGitHub({ redirectUri, tokenLifetimeMs, ...client }: GitHubClient): Promise<GitHub> {
  const seen = { wrongUser: 0 };
  const provider = fakeProvider('githubApp', {
    clients: [{ ...client, redirectUris: [redirectUri] }],
    tokenLifetimeMs,
  });
  const api = fakeApi(provider, {
    'GET /user': ({ token }) => ({ id: token.account }),
    'GET /issues': ({ token, request }) => {
      const user = new URL(request.url).searchParams.get('for') ?? '';
      if (token.account !== `${user}-at-github`) seen.wrongUser += 1;
      return { account: token.account, items: ['#1 The build is red'] };
    },
  });
  await Promise.all([provider.listen(), api.listen()]);
  return {
    provider,
    api,
    seen,
    async close() {
      await Promise.all([provider.close(), api.close()]);
    },
  };
}
