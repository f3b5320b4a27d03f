import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { fakeBrowser } from '@bearings/testing';
import type { FakeBrowser } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { ConnectionConfig, GrantStore, PendingAuthorization, UserTokensEvent } from '@bearings/user-tokens';
import { keys } from '../create-users.ts';
import { credentials, startOidcProvider } from './oidc-provider.ts';
import type { OidcProvider } from './oidc-provider.ts';
import { base } from './test-app.ts';

/** An application whose users sign in at a real provider. */
export interface RealApp {
  readonly provider: OidcProvider;
  readonly store: GrantStore;
  readonly users: UserTokens;
  readonly events: readonly UserTokensEvent[];
  readonly start: () => Promise<PendingAuthorization>;
}

/** What an application is made of. */
export interface RealAppOptions extends Partial<OidcProvider> {
  readonly store?: GrantStore;
  /** Changes to the connection `mail`. */
  readonly connection?: Partial<ConnectionConfig>;
  readonly clock?: Clock;
}

/** The user who is signed in at the application. */
export const readUser = (request: Request): string | undefined =>
  /session=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1];

/** Starts the application. */
export async function realApp(options: RealAppOptions = {}): Promise<RealApp> {
  const { store = memoryStore(), clock = systemClock, connection, ...given } = options;
  const provider = { ...(await startOidcProvider()), ...given };
  const created = await UserTokens.create({
    store,
    keys,
    connections: {
      mail: {
        issuerUrl: provider.issuerUrl,
        ...credentials,
        scopes: ['openid', 'offline_access', 'mail.read'],
        ...connection,
      },
    },
    redirectUri: base,
    identify: readUser,
    fetch: provider.fetch,
    clock,
  });
  const users = created.unwrap();
  const events: UserTokensEvent[] = [];
  users.subscribe((event) => events.push(event));
  const start = async (): Promise<PendingAuthorization> => {
    const flow = (await users.authorize({ user: 'alice', connection: 'mail', returnTo: '/done' })).unwrap();
    if (flow.status !== 'pending') throw new Error('The user has consented already');
    return flow;
  };
  return { provider, store, users, events, start };
}

/** A browser in which a user is signed in at the application; the provider asks for a login of its own. */
export function browserFor(user: string, app: Pick<RealApp, 'users'>): FakeBrowser {
  return fakeBrowser(async (input, init) => {
    const request = new Request(input, init);
    const { origin, pathname } = new URL(request.url);
    if (origin !== 'https://app.test') return fetch(request);
    if (pathname === '/done') return new Response('the application');
    const cookie = `${request.headers.get('cookie') ?? ''}; session=${user}`;
    return app.users.handler(new Request(request.url, { headers: { cookie } }));
  });
}

/** Signs in and consents at the provider; answers with the callback's URL. */
export async function consentAtProvider(browser: FakeBrowser, url: string): Promise<string> {
  const stopBefore = `${base}/callback/`;
  let page = await browser.open(url, { stopBefore });
  while (page.redirect === undefined) {
    const fields = page.text.includes('name="login"') ? { login: 'alice-at-provider', password: 'any' } : {};
    page = await browser.submit(page, fields, { stopBefore });
  }
  return page.redirect;
}

/** Alice consents; answers with the application. */
export async function connectedApp(given: RealAppOptions = {}): Promise<RealApp> {
  const app = await realApp(given);
  const browser = browserFor('alice', app);
  await browser.open(await consentAtProvider(browser, (await app.start()).url));
  return app;
}
