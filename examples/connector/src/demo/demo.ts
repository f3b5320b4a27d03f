import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentityProvider } from './identity-provider.ts';
import { startShopApi } from './shop-api.ts';
import type { ShopOptions } from './shop-api.ts';

const clientSecret = 'a secret that lives as long as this demo';
const sizes = { orders: 400, customers: 350, invoices: 250 };
const pageSize = 25;
const fatalRequest = 19;

/** Pulls 1,000 records from an API of its own, is killed amid it, goes on, and counts what is there. */
export async function demo(): Promise<void> {
  const registration = { clientId: 'connector', clientSecret, scope: 'shop.read', tokenLifetimeS: 600 };
  const provider = await startIdentityProvider(registration);
  const api = await startShopApi({ isGood: provider.isGood, sizes, pageSize });
  const folder = await mkdtemp(join(tmpdir(), 'connector-'));
  try {
    await describe(folder, api.url, provider.tokenUrl);
    const victim = run(folder);
    api.onRequest((_request, _response, count) => {
      if (count === fatalRequest) victim.kill('SIGKILL');
    });
    await once(victim, 'close');
    const { size } = await stat(join(folder, 'shop.ndjson'));
    console.log(`Killed with SIGKILL while it asked for page ${fatalRequest}: ${size} bytes of output. It goes on:`);
    await once(run(folder), 'close');
    conclude(await linesOf(folder), api.requests);
  } finally {
    await rm(folder, { recursive: true });
    await api.close();
    await provider.close();
  }
}

/** The connector of connectors/shop.yaml, but for where the API and its identity provider are. */
async function describe(folder: string, url: string, tokenUrl: string): Promise<void> {
  const shop = await readFile(join(import.meta.dirname, '../../connectors/shop.yaml'), 'utf8');
  const here = shop.replace(/(?<= url: ).*/, url).replace(/(?<= tokenUrl: ).*/, tokenUrl);
  await writeFile(join(folder, 'shop.yaml'), here);
  console.log(`An API has ${total(sizes)} records: orders are linked, customers have a cursor, invoices are counted.`);
}

function run(folder: string): ChildProcess {
  const main = join(import.meta.dirname, '../main.ts');
  const args = [main, 'run', 'shop.yaml', '--out', 'shop.ndjson', '--state', 'shop.state.json'];
  const env = { ...process.env, SHOP_SECRET: clientSecret };
  return spawn(process.execPath, args, { cwd: folder, stdio: 'inherit', env });
}

async function linesOf(folder: string): Promise<readonly string[]> {
  return (await readFile(join(folder, 'shop.ndjson'), 'utf8')).split('\n').slice(0, -1);
}

const total = (all: ShopOptions['sizes']): number => Object.values(all).reduce((sum, each) => sum + each, 0);

function conclude(lines: readonly string[], requests: number): void {
  const different = new Set(lines).size;
  const lost = total(sizes) - different;
  const doubled = lines.length - different;
  const isWhole = lost === 0 && doubled === 0;
  console.log(
    `${isWhole ? '✓' : '✗'} ${lines.length} records, ${lost} lost, ${doubled} doubled, by ${requests} requests.`,
  );
  if (!isWhole) process.exitCode = 1;
}
