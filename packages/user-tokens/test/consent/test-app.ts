import { combineFetch, fakeBrowser, fakeIssuer, virtualClock } from '@bearings/testing';
import type { FakeBrowser, FakeIssuer, FakeIssuerOptions, VirtualClock } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type {
  Authorization,
  AuthorizeRequest,
  ConnectionConfig,
  FlowResult,
  GrantRecord,
  GrantStore,
  Handler,
  PendingAuthorization,
  UserTokensEvent,
  WaitOptions,
} from '@bearings/user-tokens';
import type { Result } from 'ts-results';
import { GrantVault } from '../../src/grant/grant-vault.ts';
import type { TokenPair } from '../../src/grant/token-pair.ts';
import { openKeyRing } from '../../src/sealing/open-key-ring.ts';
import { RowSealer } from '../../src/sealing/row-sealer.ts';
import { keys } from '../create-users.ts';

const appOrigin = 'https://app.test';
export const base = `${appOrigin}/oauth`;

/** An application that asks its users for access to what the fake issuer protects. */
export interface TestApp {
  readonly users: UserTokens;
  /** Throws what `users.authorize` answers with as an error. */
  readonly authorize: (request: AuthorizeRequest) => Promise<Authorization>;
  readonly wait: (id: string, options?: WaitOptions) => Promise<FlowResult>;
  readonly handler: Handler;
  readonly issuer: FakeIssuer;
  readonly store: GrantStore;
  readonly clock: VirtualClock;
  readonly events: readonly UserTokensEvent[];
  /** A browser in which this user is signed in at the application. */
  readonly signIn: (user: string | undefined) => FakeBrowser;
  readonly grants: () => Promise<readonly GrantRecord[]>;
  readonly open: (grant: GrantRecord) => Promise<TokenPair>;
  /** The same application in another process: the same store and keys. */
  readonly replica: () => Promise<TestApp>;
}

export interface TestAppOptions {
  readonly issuer?: FakeIssuer;
  readonly store?: GrantStore;
  readonly clock?: VirtualClock;
  /** Changes to the connection `mail`. */
  readonly connection?: Partial<ConnectionConfig>;
  /** Connections in the place of `mail`. */
  readonly connections?: Readonly<Record<string, ConnectionConfig>>;
  readonly redirectUri?: string;
  /** The network to the providers. */
  readonly fetch?: typeof globalThis.fetch;
  /** Default: the user in the cookie `session`. */
  readonly identify?: (request: Request, frameworkContext: unknown) => string | undefined;
}

const client = { clientId: 'app', clientSecret: 'a client secret' };

/** An issuer at which the connection `mail` is registered. */
export function mailIssuer(options: FakeIssuerOptions = {}): FakeIssuer {
  return fakeIssuer({ clients: [{ ...client, redirectUris: [`${base}/callback/mail`] }], ...options });
}

/** The connection `mail`. */
export function mailConnection({ issuerUrl }: FakeIssuer): ConnectionConfig {
  return { issuerUrl, ...client, scopes: ['openid', 'mail.read'] };
}

export async function testApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { clock = virtualClock(), store = memoryStore({ clock }), redirectUri = base } = options;
  const { issuer = mailIssuer({ clock }), fetch = issuer.fetch, identify = readSession } = options;
  const configs = options.connections ?? { mail: { ...mailConnection(issuer), ...options.connection } };
  const created = await UserTokens.create({
    store,
    keys,
    connections: configs,
    redirectUri,
    identify,
    fetch,
    clock,
    random: () => 0,
  });
  const users = orThrow(created);
  const events: UserTokensEvent[] = [];
  users.subscribe((event) => events.push(event));
  const vault = new GrantVault(store, new RowSealer((await openKeyRing(keys)).unwrap()));
  return {
    users,
    authorize: async (request) => orThrow(await users.authorize(request)),
    wait: async (id, waitOptions) => orThrow(await users.wait(id, waitOptions)),
    handler: users.handler,
    issuer,
    store,
    clock,
    events,
    signIn: (user) => fakeBrowser(combineFetch(issuer, appServer(users.handler, user)), { clock }),
    grants: () => store.list({ limit: 100 }),
    open: (grant) => vault.open(grant),
    replica: () => testApp({ ...options, clock, store, issuer }),
  };
}

function orThrow<T, E extends Error>(result: Result<T, E>): T {
  if (result.isErr()) throw result.error;
  return result.value;
}

const readSession = (request: Request): string | undefined =>
  /(?:^|; )session=(\w+)/.exec(request.headers.get('cookie') ?? '')?.[1];

/** The application as a browser of this user reaches it: its handler, and a page for every other path. */
function appServer(handler: Handler, user: string | undefined) {
  return {
    origin: appOrigin,
    fetch: async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init);
      if (!new URL(request.url).pathname.startsWith('/oauth/')) return new Response('the application');
      const headers = new Headers(request.headers);
      const cookies = [headers.get('cookie'), user && `session=${user}`].filter(Boolean);
      headers.set('cookie', cookies.join('; '));
      return handler(new Request(request.url, { method: request.method, headers }));
    },
  };
}

/** The flow that `authorize` starts for alice and the connection `mail`. */
export async function startFlow(
  app: Pick<TestApp, 'authorize'>,
  request: Partial<Parameters<TestApp['authorize']>[0]> = {},
): Promise<PendingAuthorization> {
  const authorization = await app.authorize({ user: 'alice', connection: 'mail', ...request });
  if (authorization.status !== 'pending') throw new Error('The user has consented already');
  return authorization;
}

/** Opens a link and consents; answers with the callback's URL, which the browser has not opened yet. */
export async function consentUpToCallback(browser: FakeBrowser, url: string): Promise<string> {
  const page = await browser.open(url, { stopBefore: `${base}/callback/` });
  if (page.redirect === undefined) throw new Error(`The server did not redirect: ${page.status} ${page.text}`);
  return page.redirect;
}
