import { combineFetch, fakeBrowser, fakeIssuer, virtualClock } from '@bearings/testing';
import type { FakeBrowser, FakeIssuer, VirtualClock } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { UserTokensOptions } from '@bearings/user-tokens';
import { keys } from './create-users.ts';

/** An application with users, as its browsers and its API see it. */
interface UsersApp {
  readonly users: UserTokens;
  readonly issuer: FakeIssuer;
  readonly clock: VirtualClock;
  /** A browser in which this user is signed in. */
  readonly signIn: (user: string) => FakeBrowser;
  /** The network of the application: the issuer, and an API that shows the token it gets. */
  readonly fetch: typeof globalThis.fetch;
}

const client = { clientId: 'app', clientSecret: 'cs_CANARY' };

export async function createUsersApp(options: Partial<UserTokensOptions> = {}): Promise<UsersApp> {
  const clock = virtualClock();
  const issuer = fakeIssuer({
    clock,
    clients: [{ ...client, redirectUris: ['https://app.test/oauth/callback/mail'] }],
  });
  const api = {
    origin: 'https://api.test',
    fetch: async (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
      Response.json({ token: new Request(input, init).headers.get('authorization') }),
  };
  const fetch = combineFetch(issuer, api);
  const created = await UserTokens.create({
    store: memoryStore({ clock }),
    keys,
    connections: { mail: { issuerUrl: issuer.issuerUrl, ...client, scopes: ['mail.read'] } },
    redirectUri: 'https://app.test/oauth',
    identify: (request) => /session=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1],
    fetch,
    clock,
    random: () => 0,
    ...options,
  });
  const users = created.unwrap();
  const signIn = (user: string): FakeBrowser => {
    const app = {
      origin: 'https://app.test',
      fetch: async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
        const request = new Request(input, init);
        if (!request.url.includes('/oauth/')) return new Response('the application');
        const cookie = [request.headers.get('cookie'), `session=${user}`].filter(Boolean).join('; ');
        return users.handler(new Request(request.url, { headers: { cookie } }));
      },
    };
    return fakeBrowser(combineFetch(issuer, app), { clock });
  };
  return { users, issuer, clock, signIn, fetch };
}
