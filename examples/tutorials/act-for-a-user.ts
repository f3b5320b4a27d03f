import { once } from 'node:events';
import { createServer } from 'node:http';
import { createClient, orThrow } from '@bearings/client';
import { withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi, fakeBrowser, fakeIssuer } from '@bearings/testing';
import { memoryStore, UserTokens } from '@bearings/user-tokens';
import { nodeListener } from '@bearings/user-tokens/node';

// The provider and its API, which you have already.
const issuer = fakeIssuer({ clients: [{ clientId: 'app', clientSecret: 'a secret' }] });
const mail = fakeApi(issuer, { 'GET /messages': { scopes: ['mail.read'], answer: () => ['Invoice', 'Hello'] } });
await issuer.listen();
await mail.listen();

// Your service: it keeps the grants, and answers the browser that comes back from the provider.
const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
const users = await orThrow(
  UserTokens.create({
    store: memoryStore(),
    keys: { current: 'k1', keys: { k1: crypto.getRandomValues(new Uint8Array(32)) } },
    connections: {
      mail: { issuerUrl: issuer.issuerUrl, clientId: 'app', clientSecret: 'a secret', scopes: ['openid', 'mail.read'] },
    },
    redirectUri: `${origin}/oauth`,
    identify: () => 'alice', // read your session here
  }),
);
server.on('request', nodeListener(users.handler));

// 1. Alice has not consented yet: show her the link.
const alice = { user: 'alice', connection: 'mail' };
const first = await orThrow(users.authorize({ ...alice, returnTo: '/done' }));
console.log(`before: ${first.status}`);

// 2. She opens it and consents. This browser has no window.
if (first.status === 'pending') await fakeBrowser(fetch).open(first.url, { stopBefore: `${origin}/done` });
const second = await orThrow(users.authorize(alice));
console.log(`after: ${second.status}`);

// 3. From now on, call the API for her.
const client = createClient({ baseUrl: mail.origin }, withBearerAuth(users.for(alice)));
console.log(await client.get('messages').json());

await client.close();
await users.close();
server.close();
await Promise.all([issuer.close(), mail.close()]);
