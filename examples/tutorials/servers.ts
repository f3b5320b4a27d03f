import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fakeApi, fakeIssuer } from '@bearings/testing';

const issuer = fakeIssuer();
const api = fakeApi(issuer, {
  'GET /v1/orders/:id': { scopes: ['orders.read'], answer: ({ params }) => ({ id: params['id'], total: 99.5 }) },
  'POST /revoke': () => issuer.revoke(),
  'GET /token-requests': () => issuer.counts.token,
});
await issuer.listen();
await api.listen();

const { issuerUrl, clientId, clientSecret } = issuer.credentials;
const lines = [
  `ISSUER_URL=${issuerUrl}`,
  `API_URL=${api.origin}`,
  `CLIENT_ID=${clientId}`,
  `CLIENT_SECRET=${clientSecret}`,
];
await writeFile('servers.env', lines.join('\n'), { mode: 0o600 });
console.log('An issuer and an API are running. Their addresses are in servers.env. Ctrl-C ends both.');

await once(process, 'SIGINT');
await Promise.all([issuer.close(), api.close()]);
