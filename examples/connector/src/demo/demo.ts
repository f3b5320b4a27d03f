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

/** Pulls 1,000 records from a local API, kills the connector during the run, runs it again, and counts the records. */
export async function demo(): Promise<void> {
  const registration = { clientId: 'connector', clientSecret, scope: 'shop.read', tokenLifetimeS: 600 };
  const provider = await startIdentityProvider(registration);
  const api = await startShopApi({ isValid: provider.isValid, sizes, pageSize });
  const folder = await mkdtemp(join(tmpdir(), 'connector-'));
  try {
    await writeConnector(folder, api.url, provider.tokenUrl);
    const firstRun = run(folder);
    api.onRequest((_request, _response, count) => {
      if (count === fatalRequest) firstRun.kill('SIGKILL');
    });
    await once(firstRun, 'close');
    const { size } = await stat(join(folder, 'shop.ndjson'));
    console.log(`Killed with SIGKILL while it requested page ${fatalRequest}: ${size} bytes of output. It continues:`);
    await once(run(folder), 'close');
    printResult(await readLines(folder), api.requests);
  } finally {
    await rm(folder, { recursive: true });
    await api.close();
    await provider.close();
  }
}

/** Writes connectors/shop.yaml with the URLs of the local API and identity provider. */
async function writeConnector(folder: string, url: string, tokenUrl: string): Promise<void> {
  const shop = await readFile(join(import.meta.dirname, '../../connectors/shop.yaml'), 'utf8');
  const local = shop.replace(/(?<= url: ).*/, url).replace(/(?<= tokenUrl: ).*/, tokenUrl);
  await writeFile(join(folder, 'shop.yaml'), local);
  console.log(
    `An API has ${total(sizes)} records: orders with links, customers with a cursor, invoices with page numbers.`,
  );
}

function run(folder: string): ChildProcess {
  const main = join(import.meta.dirname, '../main.ts');
  const args = [main, 'run', 'shop.yaml', '--out', 'shop.ndjson', '--state', 'shop.state.json'];
  const env = { ...process.env, SHOP_SECRET: clientSecret };
  return spawn(process.execPath, args, { cwd: folder, stdio: 'inherit', env });
}

async function readLines(folder: string): Promise<readonly string[]> {
  return (await readFile(join(folder, 'shop.ndjson'), 'utf8')).split('\n').slice(0, -1);
}

const total = (all: ShopOptions['sizes']): number => Object.values(all).reduce((sum, each) => sum + each, 0);

function printResult(lines: readonly string[], requests: number): void {
  const different = new Set(lines).size;
  const lost = total(sizes) - different;
  const duplicated = lines.length - different;
  const isComplete = lost === 0 && duplicated === 0;
  console.log(
    `${isComplete ? '✓' : '✗'} ${lines.length} records, ${lost} lost, ${duplicated} duplicated, with ${requests} requests.`,
  );
  if (!isComplete) process.exitCode = 1;
}
