import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startIdentityProvider } from '../src/demo/identity-provider.ts';
import type { IdentityProvider, Registration } from '../src/demo/identity-provider.ts';
import { startShopApi } from '../src/demo/shop-api.ts';
import type { ShopApi } from '../src/demo/shop-api.ts';
import { readConnector } from '../src/read-connector.ts';
import { runConnector } from '../src/run-connector.ts';
import type { RunOptions } from '../src/run-connector.ts';
import type { RunError } from '../src/run-error.ts';
import type { RunEvent } from '../src/run-event.ts';
import { createRunFiles } from '../src/run-files.ts';

/** The exit code and stderr of a process. */
export interface Outcome {
  readonly code: number | null;
  readonly stderr: string;
}

/** The result of a run in this process. */
interface PullResult {
  readonly error: RunError | undefined;
  readonly warnings: readonly string[];
  readonly events: readonly RunEvent[];
}

/** A running process. */
export interface Running {
  readonly pid: number | undefined;
  /** Default: SIGKILL. */
  readonly kill: (signal?: NodeJS.Signals) => void;
  /** What the process prints on stdout is not read any more. */
  readonly closeStdout: () => void;
  readonly ended: Promise<Outcome>;
}

/** A real identity provider, a real API, and a folder with a connector for them. */
export interface Shop extends AsyncDisposable {
  readonly provider: IdentityProvider;
  readonly api: ShopApi;
  readonly path: (name: string) => string;
  /** The source in the connector's file. */
  readonly source: Record<string, unknown> & { readonly oauth: object; readonly resources: readonly object[] };
  /** Writes the connector's file with changed fields of the source. */
  describe(changes: Record<string, unknown>): Promise<void>;
  /** Starts the connector in a new process. */
  start(options?: readonly string[]): Running;
  run(): Promise<Outcome>;
  /** Runs the connector in this process. Default: never ended, with the system's time. */
  pull(options?: Pick<RunOptions, 'signal' | 'clock'>): Promise<PullResult>;
  /** The text of the output. */
  output(): string;
  records(): readonly { readonly resource: string; readonly record: unknown }[];
  checkpoint(): Record<string, unknown>;
}

export const clientSecret = 'planted-secret-of-the-shop';

const lists = { orders: 23, customers: 20, invoices: 21 };
export const shopEnv = { SHOP_SECRET: clientSecret, SHOP_TOKEN: 'a-planted-static-token' };
const main = join(import.meta.dirname, '../src/main.ts');

/** Creates a shop: 23 orders with links, 20 customers with a cursor, 21 invoices with page numbers; 5 per page. */
export async function createShop(registration: Partial<Registration> = {}, sizes: typeof lists = lists): Promise<Shop> {
  const provider = await startIdentityProvider({
    clientId: 'connector',
    clientSecret,
    scope: 'shop.read',
    tokenLifetimeS: 600,
    ...registration,
  });
  const api = await startShopApi({ isValid: provider.isValid, sizes, pageSize: 5 });
  const folder = await mkdtemp(join(tmpdir(), 'connector-test-'));
  const path = (name: string): string => join(folder, name);
  const source = createSource(api.url, provider.tokenUrl);
  const describe = (changes: Record<string, unknown>): Promise<void> =>
    writeFile(path('shop.json'), connectorFile({ ...source, ...changes }));
  await describe({});
  const output = (): string => readFileSync(path('shop.ndjson'), 'utf8');
  const start = (options: readonly string[] = []): Running =>
    startCommand(folder, ['run', 'shop.json', '--out', 'shop.ndjson', '--state', 'state.json', ...options]);
  return {
    provider,
    api,
    path,
    source,
    describe,
    start,
    run: () => start().ended,
    async pull({ signal, clock } = {}) {
      const events: RunEvent[] = [];
      const warnings: string[] = [];
      const connector = (await readConnector(path('shop.json'), shopEnv)).unwrap();
      const paths = { outPath: path('shop.ndjson'), statePath: path('state.json') };
      const pulled = await runConnector(connector, {
        ...createRunFiles(paths),
        env: shopEnv,
        signal,
        clock,
        onEvent: (event) => {
          if (event.type === 'warning') warnings.push(event.message);
          else events.push(event);
        },
      });
      return { error: pulled.isErr() ? pulled.error : undefined, warnings, events };
    },
    output: () => (existsSync(path('shop.ndjson')) ? output() : ''),
    records: () =>
      output()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    checkpoint: () => JSON.parse(readFileSync(path('state.json'), 'utf8')),
    async [Symbol.asyncDispose]() {
      await api.close();
      await provider.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Starts the command in a new process. */
export function startCommand(folder: string, args: readonly string[]): Running {
  const env = { ...process.env, ...shopEnv };
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = async (): Promise<Outcome> => {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stderr };
  };
  return {
    pid: child.pid,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    closeStdout: () => void child.stdout.destroy(),
    ended: ended(),
  };
}

/** Replaces values that differ in each run: ports and folders. */
export function normalize(text: string, shop: Shop): string {
  return text
    .replaceAll(new URL(shop.provider.tokenUrl).origin, 'https://id')
    .replaceAll(shop.api.url, 'https://api')
    .replaceAll(shop.path(''), '/srv/app')
    .trim();
}

function createSource(url: string, tokenUrl: string): Shop['source'] {
  return {
    mode: 'rest_pull',
    url,
    oauth: {
      grantType: 'client_credentials',
      tokenUrl,
      clientId: 'connector',
      clientSecretRef: 'env:SHOP_SECRET',
      clientAuthMethod: 'client_secret_basic',
      scopes: ['shop.read'],
    },
    resources: [
      { name: 'orders', path: 'v1/orders', records: '/items', paging: { type: 'link' } },
      { name: 'customers', path: 'v1/customers', records: '/data', paging: { type: 'cursor', next: '/meta/next' } },
      { name: 'invoices', path: 'v1/invoices', paging: { type: 'page', size: 5 } },
    ],
  };
}

function connectorFile(source: Record<string, unknown>): string {
  return JSON.stringify({ kind: 'Connector', metadata: { name: 'shop' }, spec: { source } }, undefined, 2);
}
