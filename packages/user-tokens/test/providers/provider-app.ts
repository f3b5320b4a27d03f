import { combineFetch, fakeBrowser, fakeProvider, fakeIssuer, virtualClock } from '@bearings/testing';
import type { FakeIssuer, VirtualClock } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { ConnectionConfig, Provider } from '@bearings/user-tokens';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { providers } from '../../src/providers.ts';
import type { ProviderName } from '../../src/providers.ts';

const origin = 'https://app.test';
const purpose = { user: 'alice-of-the-app', connection: 'own' };

/** An application with one connection, to a fake of a provider. */
export interface ProviderApp {
  readonly users: UserTokens;
  readonly fake: FakeIssuer;
  readonly clock: VirtualClock;
  /** The token of the user. */
  readonly token: TokenHandle;
  /** Sends the browser of the user through consent. Answers with the text of the last page. */
  readonly connect: () => Promise<string>;
}

/** What a test changes. */
export interface ProviderAppOptions {
  readonly scopes?: readonly string[];
  /** Changes to the preset and the client. */
  readonly connection?: Partial<ConnectionConfig>;
}

/** Creates the application. The fake has other addresses than the provider; everything else is the preset's. */
export async function providerApp(name: ProviderName, options: ProviderAppOptions = {}): Promise<ProviderApp> {
  const clock = virtualClock();
  const fake = name === 'oidc' ? fakeIssuer({ clock }) : fakeProvider(name, { clock });
  const own = { ...withAddresses(providers[name], fake), scopes: options.scopes ?? [], ...options.connection };
  const { clientId, clientSecret } = fake.credentials;
  const created = await UserTokens.create({
    store: memoryStore({ clock }),
    keys: { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } },
    connections: { own: { clientId, clientSecret, ...own } },
    redirectUri: `${origin}/oauth`,
    identify: () => purpose.user,
    fetch: fake.fetch,
    clock,
    random: () => 0,
  });
  const users = created.unwrap();
  const app = { origin, fetch: async (...args: Parameters<typeof fetch>) => users.handler(new Request(...args)) };
  const browser = fakeBrowser(combineFetch(fake, app), { clock });
  return {
    users,
    fake,
    clock,
    token: users.for(purpose),
    async connect() {
      const flow = (await users.authorize(purpose)).unwrap();
      if (flow.status !== 'pending') return flow.status;
      const page = await browser.open(flow.url, { stopBefore: `${origin}/done` });
      return page.text;
    },
  };
}

function withAddresses(preset: Provider, { issuerUrl, endpoints }: FakeIssuer): Provider {
  const { authorization, token } = endpoints;
  const server = preset.endpoints === undefined ? { issuerUrl } : { endpoints: { authorization, token } };
  const lookup = preset.account?.url === undefined ? preset.account : { ...preset.account, url: endpoints.userinfo };
  return { ...preset, ...server, account: lookup };
}
