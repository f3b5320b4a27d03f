/** A process that calls the provider's own API for alice, with a token that is bound to a key. */
import { createClient } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { UserTokens } from '@bearings/user-tokens';
import { sqliteStore } from '@bearings/user-tokens/sqlite';

/** What the test sends it. */
export interface DpopCallerConfig {
  readonly issuer: string;
  readonly path: string;
}

/** What it prints. */
export interface DpopCallerReport {
  readonly profile: unknown;
  readonly tokens: readonly string[];
}

const config: DpopCallerConfig = JSON.parse(process.argv[2] ?? '');
const created = await UserTokens.create({
  store: sqliteStore({ path: config.path }),
  keys: { current: 'k1', keys: { k1: new Uint8Array(32).fill(1) } },
  connections: {
    mail: { issuerUrl: config.issuer, clientId: 'app', clientAuthMethod: 'none', scopes: [], dpop: true },
  },
  redirectUri: 'https://app.test/oauth',
  identify: () => undefined,
});
const users = created.unwrap();
const token = users.for({ user: 'alice', connection: 'mail' });
const api = createClient({ baseUrl: config.issuer }, withBearerAuth(token));

const first = (await token.get()).unwrap();
await token.invalidate(first);
const profile: unknown = await api.get('me').json();
const last = (await token.get()).unwrap();
await users.close();
const tokens = [first, last].map((access) => access.authorization());
process.stdout.write(JSON.stringify({ profile, tokens } satisfies DpopCallerReport));
