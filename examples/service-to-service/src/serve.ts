import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentityProvider } from './identity-provider.ts';
import { startOrdersApi } from './orders-api.ts';

/** Runs provider and API until ctrl-C, with a config for trying the command `bearings`. */
const registration = {
  clientId: 'billing',
  clientSecret: randomBytes(32).toString('base64url'),
  resource: 'https://orders.internal',
  scopes: ['orders.read'],
  tokenLifetimeS: 60,
};
const { issuerUrl, jwksUrl, goDown } = await startIdentityProvider(registration);
const api = await startOrdersApi({ issuerUrl, jwksUrl, resource: registration.resource });
const folder = await mkdtemp(join(tmpdir(), 'bearings-'));
const config = join(folder, 'bearings.yaml');
await writeFile(join(folder, 'secret'), registration.clientSecret, { mode: 0o600 });
await writeFile(
  config,
  `clients:
  orders:
    baseUrl: ${api.url}
    auth:
      type: oauth2_client_credentials
      issuerUrl: ${issuerUrl}
      clientId: ${registration.clientId}
      clientSecretRef: file:secret
      scopes: [${registration.scopes.join(', ')}]
      resource: ${registration.resource}
`,
);

console.log(`An identity provider at ${issuerUrl}, an API at ${api.url}; ctrl-C ends both. In another terminal:

  export BEARINGS_CONFIG=${config}
  npx -y pnpm@12 exec bearings doctor
  npx -y pnpm@12 exec bearings call orders v1/orders/42 -v
  npx -y pnpm@12 exec bearings auth status --watch
`);

await once(process, 'SIGINT');
await Promise.all([goDown(), api.close(), rm(folder, { recursive: true })]);
