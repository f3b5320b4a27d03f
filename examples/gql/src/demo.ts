import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCatalogApi } from './demo/catalog-api.ts';
import { startIdentityProvider } from './demo/identity-provider.ts';

const clientSecret = 'a secret that lives as long as this demo';

const commands: readonly (readonly string[])[] = [
  ['api', 'catalog', '{ product(id: "p-1") { name price } }'],
  ['api', 'catalog', 'query ($id: ID!) { product(id: $id) { name } }', '--var', 'id=p-2'],
  ['api', 'catalog', '{ products { name price } }'],
  ['api', 'stranger', '{ product(id: "p-1") { name } }'],
  ['auth', 'status'],
];

const provider = await startIdentityProvider({ clientId: 'shop', clientSecret, scope: 'catalog.read' });
const api = await startCatalogApi(provider);
const folder = await mkdtemp(join(tmpdir(), 'gql-'));
try {
  await writeFile(join(folder, 'gql.yaml'), demoConfig(api.url, provider.issuerUrl));
  for (const args of commands) await show(args);
} finally {
  await rm(folder, { recursive: true });
  await api.close();
  await provider.close();
}

/** Two endpoints of one service; the second has a wrong secret. */
function demoConfig(url: string, issuerUrl: string): string {
  const endpoint = (name: string, secret: string): string => `  ${name}:
    url: ${url}
    timeout: 5000
    auth:
      type: oauth2_client_credentials
      issuerUrl: ${issuerUrl}
      clientId: shop
      clientSecretRef: env:${secret}
      scopes: [catalog.read]
`;
  return `endpoints:\n${endpoint('catalog', 'SHOP_SECRET')}${endpoint('stranger', 'OLD_SECRET')}`;
}

/** Runs a command in a process, and prints its exit code. */
async function show(args: readonly string[]): Promise<void> {
  console.log(`$ gql ${args.map((arg) => (/^[\w=-]+$/.test(arg) ? arg : `'${arg}'`)).join(' ')}`);
  const env = { ...process.env, SHOP_SECRET: clientSecret, OLD_SECRET: 'the previous secret' };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], {
    cwd: folder,
    env,
    stdio: 'inherit',
  });
  await once(child, 'close');
  console.log(`[exit ${child.exitCode}]\n`);
}
