import type { IssuedToken } from '@bearings/oauth-bearer';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import type { GrantRecord, GrantStore, UserTokensEvent, UserTokensOptions } from '@bearings/user-tokens';
import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { GrantVault } from '../src/grant/grant-vault.ts';
import { openKeyRing } from '../src/sealing/open-key-ring.ts';
import { RowSealer } from '../src/sealing/row-sealer.ts';
import { FakeProvider } from './fake-provider.ts';

export const keys = { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } };

/** What a consent is stored with. */
interface ConnectOptions {
  readonly user?: string;
  readonly tenant?: string;
  readonly account?: string;
  readonly connection?: string;
  readonly scopes?: readonly string[];
  readonly lifetimeMs?: number;
  readonly hasRefreshToken?: boolean;
  readonly refreshLifetimeMs?: number;
}

interface TestUsers {
  readonly users: UserTokens;
  readonly provider: FakeProvider;
  readonly store: GrantStore;
  readonly clock: VirtualClock;
  readonly events: UserTokensEvent[];
  /** Another instance over the same store, as in another process. */
  readonly another: (changes?: Partial<UserTokensOptions>) => Promise<UserTokens>;
  /** Stores a grant, as a consent does. */
  readonly connect: (options?: ConnectOptions) => Promise<GrantRecord>;
}

interface TestOptions extends Partial<UserTokensOptions> {
  readonly provider?: FakeProvider;
  readonly clock?: VirtualClock;
}

/** `UserTokens` over a store in memory and a fake provider, on a virtual clock. */
export async function createUsers(given: TestOptions = {}): Promise<TestUsers> {
  const { clock = virtualClock(), provider = new FakeProvider({ clock }), ...options } = given;
  const store = options.store ?? memoryStore({ clock });
  const events: UserTokensEvent[] = [];
  const another = async (changes: Partial<UserTokensOptions> = {}): Promise<UserTokens> => {
    const created = await UserTokens.create({
      store,
      keys,
      connections: {
        mail: { issuerUrl: provider.issuer, clientId: 'app', clientSecret: 'cs_CANARY', scopes: ['mail.read'] },
      },
      redirectUri: 'https://app.test/oauth',
      identify: () => 'alice',
      fetch: provider.fetch,
      clock,
      random: () => 0.5,
      ...options,
      ...changes,
    });
    return created.unwrap();
  };
  const users = await another();
  users.subscribe((event) => events.push(event));
  const connect = async (wanted: ConnectOptions = {}): Promise<GrantRecord> => storeConsent(store, provider, wanted);
  return { users, provider, store, clock, events, another, connect };
}

/** Stores a grant with tokens that the provider knows. */
async function storeConsent(store: GrantStore, provider: FakeProvider, options: ConnectOptions): Promise<GrantRecord> {
  const { user = 'alice', tenant = '', account = '', connection = 'mail', scopes = ['mail.read'] } = options;
  const { lifetimeMs = 3_600_000, hasRefreshToken = true, refreshLifetimeMs } = options;
  const { access, refresh } = provider.connect(user);
  const members: Readonly<Record<string, unknown>> = {
    refresh_token_expires_in: refreshLifetimeMs === undefined ? undefined : refreshLifetimeMs / 1_000,
  };
  const refreshToken = hasRefreshToken ? { expose: () => refresh } : undefined;
  const extras = { refreshToken, get: (name: string) => members[name] };
  const issued = { value: access, lifetimeMs, scopes, extras } as unknown as IssuedToken;
  const vault = new GrantVault(store, new RowSealer((await openKeyRing(keys)).unwrap()));
  return vault.save({ tenant, user, account, connection, issuer: provider.issuer, clientId: 'app', issued, ageMs: 0 });
}
