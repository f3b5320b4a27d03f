import { orThrow } from '@bearings/client';
import { memoryStore, UserTokens } from '@bearings/user-tokens';

const users = await orThrow(
  UserTokens.create({
    store: memoryStore(), // in production sqliteStore({ path }) or postgresStore({ query })
    keys: { current: 'k1', keys: { k1: crypto.getRandomValues(new Uint8Array(32)) } }, // from your secret store
    connections: {
      mail: { issuerUrl: 'https://id.internal', clientId: 'app', clientSecret: 's', scopes: ['mail.read'] },
    },
    redirectUri: 'https://app.example/oauth',
    identify: (request) => request.headers.get('x-user') ?? undefined, // who is signed in at this browser
  }),
);

const access = await orThrow(users.authorize({ user: 'alice', connection: 'mail' }));
if (access.status === 'pending') console.log(`alice opens ${new URL(access.url).origin} (${access.reason})`);
